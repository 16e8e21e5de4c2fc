; The new version is unpacked into ~new beside the old one; then directories change places by rename. What there is says
; how far a setup came, also one that was killed:
;   ~new      being unpacked: deleted before the next try
;   ~old      the old version's directories while they change places: the next setup puts them back (PutAllBack), and
;             the launcher refuses to start, because two versions may be mixed
;   ~gone-N   an old version that has been replaced for good: deleted as far as nothing holds it, harmless otherwise
; The one moment in which the new version is the valid one is the rename of ~old to ~gone-N.

!define /math HALF_SECONDS ${PATIENCE} * 2

Var Patience ; half seconds that may still be waited for whoever holds a file; a virus scanner looks at every new DLL

!macro ForEachItem function
  Push "python"
  Call ${function}
  Push "packages"
  Call ${function}
  Push "program"
  Call ${function}
  Push "licences"
  Call ${function}
  Push "setup"
  Call ${function}
  Push "install.ini"
  Call ${function}
  Push "manifest.json"
  Call ${function}
  Push "files.lst"
  Call ${function}
  Push "foliodesk.com"
  Call ${function}
  Push "Foliodesk.exe"
  Call ${function}
!macroend

Function ExtractBeside
  StrCpy $Stage "extracting"
  ${Log} "Unpacking ${SIZE_MB} MB"
  RMDir /r "$INSTDIR\~new"
  SetOutPath "$INSTDIR\~new"
  SetOverwrite on
  ; A file that cannot be written ends the setup by itself (.onInstFailed); the default would skip it.
  AllowSkipFiles off
  File /r "${PAYLOAD}\*"
  SetOutPath "$INSTDIR"
  Call WriteSettings
  ; All of it is there and as it was packed: a scanner may have taken a file away again.
  nsExec::ExecToStack '"$INSTDIR\~new\python\python.exe" -B -X utf8 "$INSTDIR\~new\setup\steps.py" verify'
  Pop $0
  Pop $1
  ${Log} "Compared the unpacked files: exit code $0. $1"
  ${If} $0 != 0
    ${Fail} ${EXIT_EXTRACT} "The files could not be written into $INSTDIR as they should be. Does a virus scanner hold or remove them? Nothing was changed.$\r$\n$\r$\n$1"
  ${EndIf}
FunctionEnd

; Copies the database with the new version's own code before anything of the old one moves.
Function BackUpDatabase
  ${If} $OldVersion == ""
  ${OrIf} $OldVersion == "${VERSION}"
    Return
  ${EndIf}
  ${Log} "Copying the database before the upgrade"
  nsExec::ExecToStack '"$INSTDIR\~new\python\python.exe" -B -X utf8 "$INSTDIR\~new\setup\steps.py" backup-database --home "$HomeOption" --before ${VERSION}'
  Pop $0
  Pop $1
  ${Log} "Copy of the database: exit code $0. $1"
  ${If} $0 != 0
    ${Fail} ${EXIT_BACKUP} "The database could not be copied before the upgrade, so nothing was changed; Foliodesk $OldVersion works as before.$\r$\n$\r$\n$1"
  ${EndIf}
FunctionEnd

Function SwapIn
  StrCpy $Stage "swapping"
  StrCpy $Patience ${HALF_SECONDS}
  CreateDirectory "$INSTDIR\~old"
  !insertmacro ForEachItem SwapItem
  ${If} $OldVersion != ""
  ${AndIfNot} ${FileExists} "$INSTDIR\~old\files.lst"
    CopyFiles /SILENT "$INSTDIR\files.lst" "$INSTDIR\~old" ; the old one was damaged: the next best list
  ${EndIf}
  StrCpy $R6 1
  ${DoWhile} ${FileExists} "$INSTDIR\~gone-$R6\*.*"
    IntOp $R6 $R6 + 1
  ${Loop}
  StrCpy $R9 "$INSTDIR\~old"
  StrCpy $R8 "$INSTDIR\~gone-$R6"
  Call RenameOrStop
  StrCpy $Stage "done"
  RMDir /r "$INSTDIR\~new"
FunctionEnd

Function SwapItem
  Exch $0
  ${If} ${FileExists} "$INSTDIR\$0"
    StrCpy $R9 "$INSTDIR\$0"
    StrCpy $R8 "$INSTDIR\~old\$0"
    Call RenameOrStop
  ${EndIf}
  StrCpy $R9 "$INSTDIR\~new\$0"
  StrCpy $R8 "$INSTDIR\$0"
  Call RenameOrStop
  Pop $0
FunctionEnd

; Renames $R9 to $R8, or puts the former version back and ends.
Function RenameOrStop
  Call RenamePatiently
  ${If} ${Errors}
    StrCpy $R5 $R9
    Call Undo
    ${Fail} ${EXIT_SWAP} "$R5 could not be replaced, because a program uses it. The former version was put back. Close other programs, or restart Windows, and run the setup again."
  ${EndIf}
FunctionEnd

; Renames $R9 to $R8; sets the error flag when it is held for longer than our patience lasts.
Function RenamePatiently
  ${Do}
    ClearErrors
    Rename $R9 $R8
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    ${If} $Patience <= 0
      SetErrors
      Return
    ${EndIf}
    Sleep 500
    IntOp $Patience $Patience - 1
  ${Loop}
FunctionEnd

Function Undo
  ${If} $Stage == "swapping"
    StrCpy $Stage "extracting"
    Call PutAllBack
  ${EndIf}
  ${If} $Stage == "extracting"
    StrCpy $Stage ""
    SetOutPath "$TEMP"
    RMDir /r "$INSTDIR\~new"
    RMDir "$INSTDIR"
  ${EndIf}
FunctionEnd

; After a killed setup: whole again is whatever was whole last.
Function MendInterrupted
  ${If} ${FileExists} "$INSTDIR\~old\*.*"
    ${Log} "An earlier setup was interrupted: putting the former version back first"
    Call PutAllBack
  ${EndIf}
  Call DropGone
FunctionEnd

; Puts the former version back from ~old. Ends the setup, and says so, when somebody holds a part of it: ~old and ~new
; then stay as they are for the next one.
Function PutAllBack
  StrCpy $Patience ${HALF_SECONDS}
  StrCpy $R4 0 ; renames that failed
  CreateDirectory "$INSTDIR\~new"
  !insertmacro ForEachItem PutBack
  ${If} $R4 > 0
    StrCpy $Stage ""
    ${Fail} ${EXIT_SWAP} "A program uses files of Foliodesk in $INSTDIR: the former version could not be put back completely. Restart Windows and run the setup again, which mends it; Foliodesk does not start before. Your work is not touched by that."
  ${EndIf}
  RMDir "$INSTDIR\~old"
  ${Log} "The former version was put back"
FunctionEnd

; What is neither in ~old nor in ~new any more is new and had nothing in its place before.
Function PutBack
  Exch $0
  ${If} ${FileExists} "$INSTDIR\$0"
    ${If} ${FileExists} "$INSTDIR\~old\$0"
    ${OrIfNot} ${FileExists} "$INSTDIR\~new\$0"
      StrCpy $R9 "$INSTDIR\$0"
      StrCpy $R8 "$INSTDIR\~new\$0"
      Call PutOneBack
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\~old\$0"
  ${AndIfNot} ${FileExists} "$INSTDIR\$0"
    StrCpy $R9 "$INSTDIR\~old\$0"
    StrCpy $R8 "$INSTDIR\$0"
    Call PutOneBack
  ${EndIf}
  Pop $0
FunctionEnd

Function PutOneBack
  Call RenamePatiently
  ${If} ${Errors}
    IntOp $R4 $R4 + 1
  ${EndIf}
FunctionEnd

; Deletes replaced versions by their own lists; whatever else lay between their files goes back to its place. One of
; which a file is held stays for the next setup: nothing looks into it.
Function DropGone
  Push $0
  Push $1
  FindFirst $0 $1 "$INSTDIR\~gone-*"
  ${DoWhile} $1 != ""
    StrCpy $R1 "$INSTDIR\$1"
    Call DeleteListed
    ${If} $R3 = 0
      Delete "$R1\files.lst"
      Delete "$R1\install.ini"
      StrCpy $R0 $R1
      StrCpy $R1 ""
      Call MoveBack
      RMDir $R0
    ${Else}
      ${Log} "$R3 files in $R1 are held by a program; the next setup deletes them"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
  Pop $1
  Pop $0
  ClearErrors
FunctionEnd

; Moves what is left below $R0$R1 to its place below $INSTDIR$R1, without replacing anything.
Function MoveBack
  Push $0
  Push $1
  Push $R1
  FindFirst $0 $1 "$R0$R1\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
      ${If} ${FileExists} "$R0$R1\$1\*.*"
        CreateDirectory "$INSTDIR$R1\$1"
        Push $R1
        StrCpy $R1 "$R1\$1"
        Call MoveBack
        Pop $R1
        RMDir "$R0$R1\$1"
      ${ElseIfNot} ${FileExists} "$INSTDIR$R1\$1"
        ${Log} "Kept a file that is not ours: $INSTDIR$R1\$1"
        Rename "$R0$R1\$1" "$INSTDIR$R1\$1"
      ${EndIf}
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
  Pop $R1
  Pop $1
  Pop $0
FunctionEnd

; Deletes what files.lst in $R1 names below $R1: files, then directories that are empty, the deepest first.
; $R3: how many files are left because a program holds them.
!macro ListFunctions un
Function ${un}DeleteListed
  Push $0
  Push $1
  StrCpy $R3 0
  StrCpy $Patience ${HALF_SECONDS}
  ClearErrors
  FileOpen $0 "$R1\files.lst" r
  ${IfNot} ${Errors}
    ${Do}
      ClearErrors
      FileReadUTF16LE $0 $1
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      StrCpy $1 $1 -2 ; without its line end
      StrCpy $R2 $1 1 -1
      ${If} $1 == ""
      ${OrIf} $1 == "files.lst"
        ${Continue}
      ${ElseIf} $R2 == "\"
        RMDir "$R1\$1"
      ${Else}
        Call ${un}DeletePatiently
      ${EndIf}
    ${Loop}
    FileClose $0
  ${EndIf}
  ClearErrors
  Pop $1
  Pop $0
FunctionEnd

; Deletes $R1\$1, and counts it in $R3 when it stays.
Function ${un}DeletePatiently
  ${Do}
    Delete "$R1\$1"
    ${IfNot} ${FileExists} "$R1\$1"
      Return
    ${EndIf}
    ${If} $Patience <= 0
      IntOp $R3 $R3 + 1
      Return
    ${EndIf}
    Sleep 500
    IntOp $Patience $Patience - 1
  ${Loop}
FunctionEnd
!macroend
!insertmacro ListFunctions ""
!insertmacro ListFunctions "un."
