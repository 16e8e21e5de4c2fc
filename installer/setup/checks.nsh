; What is looked at before anything is written. Each refusal names what to do.

!define SYNCHRONIZE 0x00100000

Function CheckMachine
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    ${Fail} ${EXIT_OLD_WINDOWS} "Foliodesk needs 64-bit Windows 10 version 1809 or newer. This PC has an older Windows: please use a newer PC, or update Windows. Nothing was changed."
  ${EndIf}
FunctionEnd

; What is installed in this scope: an upgrade and a repair stay where it lies; a newer one stays as it is.
Function CheckInstalled
  ${If} $OldVersion != ""
    ${VersionCompare} "$OldVersion" "${VERSION}" $0
    ${If} $0 == 1
      ${Fail} ${EXIT_NEWER} "Foliodesk $OldVersion is installed, which is newer than ${VERSION} in this setup. The older version could not read the newer one's work, so nothing was changed. To go back, remove Foliodesk $OldVersion first and restore a backup of that time."
    ${ElseIf} $0 == 0
      ${Log} "Repairing Foliodesk ${VERSION} in $INSTDIR"
    ${Else}
      ${Log} "Upgrading Foliodesk $OldVersion to ${VERSION} in $INSTDIR"
    ${EndIf}
  ${Else}
    ${Log} "Installing Foliodesk ${VERSION} in $INSTDIR"
  ${EndIf}
FunctionEnd

Function CheckPlace
  Push $0
  Push $1
  Push $2
  ; Room for a path in Windows' 260 characters, for programs that have no long ones.
  StrLen $0 $INSTDIR
  IntOp $1 259 - ${LONGEST}
  ${If} $0 > $1
    ${Fail} ${EXIT_LONG_PATH} "The name of the directory is too long: $INSTDIR has $0 characters, at most $1 are possible. Please choose a shorter one. Nothing was changed."
  ${EndIf}
  ; Somebody else's files under our names: never moved, never replaced.
  ${If} $OldPlace == ""
  ${AndIfNot} ${FileExists} "$INSTDIR\files.lst"
  ${AndIfNot} ${FileExists} "$INSTDIR\~old\*.*"
    ${If} ${FileExists} "$INSTDIR\python\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\packages\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\program\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\licences\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\setup\*.*"
    ${OrIf} ${FileExists} "$INSTDIR\install.ini"
    ${OrIf} ${FileExists} "$INSTDIR\manifest.json"
    ${OrIf} ${FileExists} "$INSTDIR\foliodesk.com"
    ${OrIf} ${FileExists} "$INSTDIR\Foliodesk.exe"
      ${Fail} ${EXIT_FOREIGN} "$INSTDIR holds other things that are not Foliodesk's. Please choose an empty directory. Nothing was changed."
    ${EndIf}
  ${EndIf}
  ; Free space where the directory is, or will be.
  StrCpy $0 $INSTDIR
  ${DoUntil} ${FileExists} "$0\*.*"
    ${GetParent} $0 $1
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    StrCpy $0 $1
  ${Loop}
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$0\", *l .r1, p 0, p 0) i .r2'
  ${If} $2 <> 0
    System::Int64Op $1 / 1024
    Pop $1
    ${If} $1 L< ${NEED_KB}
      System::Int64Op $1 / 1024
      Pop $1
      ${Fail} ${EXIT_NO_SPACE} "There is not enough free space: Foliodesk needs ${NEED_MB} MB on the disk of $INSTDIR, $1 MB are free. Please make room or choose another disk. Nothing was changed."
    ${EndIf}
  ${EndIf}
  ; A directory we may write.
  StrCpy $2 0 ; whether the directory is new
  ${IfNot} ${FileExists} "$INSTDIR\*.*"
    StrCpy $2 1
  ${EndIf}
  CreateDirectory "$INSTDIR"
  ClearErrors
  FileOpen $1 "$INSTDIR\~probe" w
  ${If} ${Errors}
    ${If} $2 = 1
      RMDir "$INSTDIR"
    ${EndIf}
    ${Fail} ${EXIT_NOT_WRITABLE} "The directory $INSTDIR cannot be written. Please choose another one, or ask whoever looks after this PC. Nothing was changed."
  ${EndIf}
  FileClose $1
  Delete "$INSTDIR\~probe"
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

; For all users and outside of Program Files: what signed-in people execute is written by administrators alone.
; S-1-5-32-544: Administrators, S-1-5-18: the system, S-1-5-32-545: Users.
Function GuardPlace
  ${If} $Scope != "all"
    Return
  ${EndIf}
  StrLen $0 "$PROGRAMFILES64\"
  StrCpy $1 $INSTDIR $0
  ${If} $1 == "$PROGRAMFILES64\"
    Return
  ${EndIf}
  Call RefuseOthersThings
  nsExec::ExecToStack '"$SYSDIR\icacls.exe" "$INSTDIR" /setowner *S-1-5-32-544'
  Pop $0
  Pop $1
  nsExec::ExecToStack '"$SYSDIR\icacls.exe" "$INSTDIR" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX'
  Pop $2
  Pop $3
  ${Log} "Only administrators may write $INSTDIR: icacls answers $0 and $2"
  ${If} $0 != 0
  ${OrIf} $2 != 0
    RMDir "$INSTDIR"
    ${Fail} ${EXIT_NOT_WRITABLE} "The directory $INSTDIR cannot be protected, so anybody could replace Foliodesk's files there. For all users please choose one below $PROGRAMFILES64, or another on an NTFS disk. Nothing was changed.$\r$\n$\r$\n$1$3"
  ${EndIf}
FunctionEnd

; Other people's things would get the new rights as well. What a removal or a killed setup left is ours.
Function RefuseOthersThings
  ${If} $OldPlace != ""
  ${OrIf} ${FileExists} "$INSTDIR\files.lst"
  ${OrIf} ${FileExists} "$INSTDIR\~new\*.*"
    Return
  ${EndIf}
  FindFirst $0 $1 "$INSTDIR\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} $1 != "uninstall.exe"
      FindClose $0
      ${Fail} ${EXIT_FOREIGN} "$INSTDIR holds other things, which only administrators could write afterwards. For all users please choose an empty directory. Nothing was changed."
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
FunctionEnd

; Both setup and uninstaller wait for a running Foliodesk; it is never killed.
!macro RunningFunctions un
Function ${un}IsRunning ; pushes 1 or 0
  Push $0
  System::Call 'kernel32::OpenMutexW(i ${SYNCHRONIZE}, i 0, w "${MUTEX}") p .r0'
  ${If} $0 P<> 0
    System::Call 'kernel32::CloseHandle(p r0)'
    StrCpy $0 1
  ${Else}
    StrCpy $0 0
    ; A command line or the background worker holds no mutex, but has the library loaded.
    ${If} ${FileExists} "$INSTDIR\python\python313.dll"
      ClearErrors
      FileOpen $0 "$INSTDIR\python\python313.dll" a
      ${If} ${Errors}
        StrCpy $0 1
      ${Else}
        FileClose $0
        StrCpy $0 0
      ${EndIf}
      ClearErrors
    ${EndIf}
  ${EndIf}
  Exch $0
FunctionEnd

; One setup or removal at a time, of all sessions. A silent one waits for its turn: an uninstaller returns before it is done.
Function ${un}TakeLock
  Push $0
  StrCpy $0 0
  ${If} ${Silent}
    IntOp $0 $WaitSeconds * 1000
  ${EndIf}
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "${SETUP_MUTEX}") p .s'
  Pop $Lock
  System::Call 'kernel32::WaitForSingleObject(p $Lock, i r0) i .r0'
  ${If} $0 <> 0
  ${AndIf} $0 <> 0x80 ; its former owner was killed
    !insertmacro FailCall ${EXIT_RUNNING} "Another setup or removal of Foliodesk is running on this PC. Wait until it has ended and run this again. Nothing was changed."
  ${EndIf}
  Pop $0
FunctionEnd

; The file `closing` beside the program asks every running one to end, in all sessions (app/windows/closing.py). Windows'
; Restart Manager asks as well, as it does before a restart. Nothing is forced.
Function ${un}AskToClose
  Push $0
  Push $1
  Push $2
  Push $3
  FileOpen $0 "$INSTDIR\closing" w
  FileClose $0
  !insertmacro LogCall "Asked the running Foliodesk to close"
  System::Alloc 128
  Pop $2
  System::Call 'rstrtmgr::RmStartSession(*i .r0, i 0, p r2) i .r1'
  ${If} $1 = 0
    System::Call '*(w "$INSTDIR\Foliodesk.exe", w "$INSTDIR\foliodesk.com") p .r3'
    System::Call 'rstrtmgr::RmRegisterResources(i r0, i 2, p r3, i 0, p 0, i 0, p 0) i .r1'
    ${If} $1 = 0
      System::Call 'rstrtmgr::RmShutdown(i r0, i 0, p 0) i .r1'
    ${EndIf}
    System::Free $3
    System::Call 'rstrtmgr::RmEndSession(i r0)'
  ${EndIf}
  System::Free $2
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

Function ${un}WaitUntilClosed
  Push $0
  Push $1
  StrCpy $1 0
  ${Do}
    Call ${un}IsRunning
    Pop $0
    ${If} $0 = 0
      ${ExitDo}
    ${EndIf}
    ${If} ${Silent}
      ${If} $1 = 0
        !insertmacro LogCall "Foliodesk is running: waiting up to $WaitSeconds s"
        ${If} $MayClose = 1
          Call ${un}AskToClose
        ${EndIf}
      ${EndIf}
      ${If} $1 >= $WaitSeconds
        Delete "$INSTDIR\closing"
        !insertmacro FailCall ${EXIT_RUNNING} "Foliodesk is running. Close it and run this again. Nothing was changed."
      ${EndIf}
      Sleep 1000
      IntOp $1 $1 + 1
    ${Else}
      MessageBox MB_YESNOCANCEL|MB_ICONQUESTION|MB_SETFOREGROUND "Foliodesk is running. Shall it be closed now?$\r$\n$\r$\nNothing is lost: pages that are being read are read again later.$\r$\n$\r$\nYes: close it.   No: I have closed it myself.   Cancel: change nothing." IDYES ${un}close IDNO ${un}again
        Delete "$INSTDIR\closing"
        !insertmacro FailCall ${EXIT_CANCELLED} ""
      ${un}close:
        Call ${un}AskToClose
        Sleep 2000
      ${un}again:
    ${EndIf}
  ${Loop}
  Delete "$INSTDIR\closing"
  Pop $1
  Pop $0
FunctionEnd
!macroend

!insertmacro RunningFunctions ""
!insertmacro RunningFunctions "un."
