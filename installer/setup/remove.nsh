; The uninstaller: removes what the setup wrote and nothing else. The work stays unless a person says otherwise, or a
; silent one is told /DELETEDATA=1.

Var DeleteData

Function un.onInit
  Call un.OpenLog
  StrCpy $WaitSeconds 30
  StrCpy $MayClose 0
  StrCpy $DeleteData 0
  ReadINIStr $WithPath "$INSTDIR\install.ini" "setup" "path"
  ReadINIStr $HomeOption "$INSTDIR\install.ini" "foliodesk" "home"
  Call un.FindScope
  ${If} $Scope == "all"
    SetShellVarContext all
    UserInfo::GetAccountType
    Pop $R1
    ${If} $R1 != "Admin"
      ${If} ${Silent}
        ${Fail} ${EXIT_NEEDS_ADMIN} "Foliodesk was installed for all users of this PC: removing it needs an administrator. Nothing was changed."
      ${EndIf}
      System::Call 'shell32::ShellExecuteW(p 0, w "runas", w "$INSTDIR\uninstall.exe", p 0, p 0, i 1) p .r1'
      Quit
    ${EndIf}
  ${Else}
    SetShellVarContext current
  ${EndIf}
  Push "|/S|/NCRC|/DELETEDATA|/WAIT|/CLOSE|/LOG|"
  Call un.RefuseUnknown
  !insertmacro ReadSwitch "DELETEDATA" $DeleteData
  !insertmacro ReadSwitch "CLOSE" $MayClose
  !insertmacro ReadWait
  Call un.TakeLock
FunctionEnd

; What install.ini says; without one, whose list of programs this directory is in.
Function un.FindScope
  ReadINIStr $Scope "$INSTDIR\install.ini" "setup" "scope"
  ${If} $Scope == ""
    StrCpy $Scope "user"
    ReadRegStr $R1 HKLM "${KEY}" "InstallLocation"
    ${If} $R1 == $INSTDIR
      StrCpy $Scope "all"
    ${EndIf}
  ${EndIf}
FunctionEnd

Section "Uninstall"
  SetDetailsPrint textonly
  ${IfNot} ${FileExists} "$INSTDIR\files.lst"
  ${OrIf} ${FileExists} "$INSTDIR\~old\*.*"
    ${Fail} ${EXIT_FOREIGN} "Foliodesk in $INSTDIR is not whole: its list of files is missing, or a setup was interrupted. Run the setup once more to repair it, then remove it. Nothing was changed."
  ${EndIf}
  Call un.WaitUntilClosed
  ${IfNot} ${Silent}
    Call un.AskForWork
  ${EndIf}
  ${Log} "Removing Foliodesk ${VERSION} from $INSTDIR"
  SetOutPath "$TEMP"
  ${If} $DeleteData = 1
    Call un.DeleteWork
  ${EndIf}
  ${If} $WithPath = 1
    StrCpy $R1 "remove"
    Call un.ChangePath
  ${EndIf}
  Call un.DeleteIntegration
  RMDir /r "$INSTDIR\~new"
  StrCpy $R0 0 ; files that are left
  FindFirst $0 $1 "$INSTDIR\~gone-*"
  ${DoWhile} $1 != ""
    StrCpy $R1 "$INSTDIR\$1"
    Call un.DeleteVersion
    FindNext $0 $1
  ${Loop}
  FindClose $0
  StrCpy $R1 "$INSTDIR"
  Call un.DeleteVersion
  ${If} $R0 > 0
    ${Fail} ${EXIT_SWAP} "$R0 files in $INSTDIR could not be deleted, because a program uses them. Close other programs, or restart Windows, and remove Foliodesk again: the rest is deleted then."
  ${EndIf}
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey SHCTX "${KEY}"
  Call un.TellExplorer
  ${Log} "Finished: Foliodesk ${VERSION} removed"
  SetErrorLevel 0
SectionEnd

; Deletes the version in $R1; its list stays while a file of it is held. $R0 counts those.
Function un.DeleteVersion
  Call un.DeleteListed
  IntOp $R0 $R0 + $R3
  ${If} $R3 = 0
    Delete "$R1\files.lst"
    Delete "$R1\install.ini"
    ${If} $R1 != $INSTDIR
      RMDir $R1
    ${EndIf}
  ${EndIf}
FunctionEnd

; The program itself says where the work is: $R8, empty when there is none.
Function un.AskForWork
  nsExec::ExecToStack '"$INSTDIR\python\python.exe" -B -X utf8 "$INSTDIR\setup\steps.py" work --home "$HomeOption"'
  Pop $0
  Pop $R8
  ${If} $0 != 0
    Return
  ${EndIf}
  MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON1 "Keep your work in $R8?$\r$\n$\r$\nYes: the scans, dossiers and settings stay where they are; a later Foliodesk goes on with them.$\r$\nNo: all of it is deleted for good." IDYES keep
    MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "Really delete all scans, dossiers and settings in $R8? This cannot be undone." IDNO keep
      StrCpy $DeleteData 1
  keep:
FunctionEnd

; By the program's own code, which knows the names of what is its own. Before the program goes: a second removal, after
; a held file, finds Python gone and the work with it.
Function un.DeleteWork
  ${IfNot} ${FileExists} "$INSTDIR\python\python.exe"
    ${Log} "Python is gone: no work is deleted"
    Return
  ${EndIf}
  nsExec::ExecToStack '"$INSTDIR\python\python.exe" -B -X utf8 "$INSTDIR\setup\steps.py" delete-work --home "$HomeOption"'
  Pop $0
  Pop $1
  ${Log} "Deleting the work: exit code $0. $1"
  ${If} $0 != 0
    ${Fail} ${EXIT_SWAP} "The work could not be deleted; Foliodesk itself was not removed.$\r$\n$\r$\n$1"
  ${EndIf}
FunctionEnd
