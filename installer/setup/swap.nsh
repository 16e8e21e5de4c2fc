; The new version is unpacked into ~new beside the old one; then directories change places by rename. Whatever fails
; until the last rename, the old version is put back and works on. A setup that was killed in between is mended by the
; next one (MendInterrupted), and the launcher tells people to run it.

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
  ClearErrors
  SetOverwrite on
  File /r "${PAYLOAD}\*"
  SetOutPath "$INSTDIR"
  ${IfNot} ${FileExists} "$INSTDIR\~new\Foliodesk.exe"
    ${Fail} ${EXIT_EXTRACT} "The files could not be written into $INSTDIR. Is the disk full, or does a virus scanner hold them? Nothing was changed."
  ${EndIf}
FunctionEnd

; Copies the database with the new version's own code before anything of the old one moves.
Function BackUpDatabase
  ${If} $OldVersion == ""
  ${OrIf} $OldVersion == "${VERSION}"
    Return
  ${EndIf}
  StrCpy $R1 ""
  ${If} $HomeOption != ""
    StrCpy $R1 '--home "$HomeOption"'
  ${EndIf}
  ${Log} "Copying the database before the upgrade"
  nsExec::ExecToStack '"$INSTDIR\~new\python\python.exe" -B -X utf8 "$INSTDIR\~new\setup\steps.py" backup-database $R1 --before ${VERSION}'
  Pop $0
  Pop $1
  ${Log} "Copy of the database: exit code $0. $1"
  ${If} $0 != 0
    ${Fail} ${EXIT_BACKUP} "The database could not be copied before the upgrade, so nothing was changed; Foliodesk $OldVersion works as before.$\r$\n$\r$\n$1"
  ${EndIf}
FunctionEnd

Function SwapIn
  RMDir "$INSTDIR\~old"
  CreateDirectory "$INSTDIR\~old"
  StrCpy $Stage "swapping"
  !insertmacro ForEachItem SwapItem
  StrCpy $Stage "done"
FunctionEnd

Function SwapItem
  Exch $0
  ${If} ${FileExists} "$INSTDIR\$0"
    StrCpy $R9 "$INSTDIR\$0"
    StrCpy $R8 "$INSTDIR\~old\$0"
    Call RenamePatiently
  ${EndIf}
  StrCpy $R9 "$INSTDIR\~new\$0"
  StrCpy $R8 "$INSTDIR\$0"
  Call RenamePatiently
  Pop $0
FunctionEnd

; Renames $R9 to $R8; a virus scanner may hold a file for some seconds.
Function RenamePatiently
  StrCpy $R7 0
  ${Do}
    ClearErrors
    Rename $R9 $R8
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    ${If} $R7 >= 20
      ${Fail} ${EXIT_SWAP} "$R9 could not be replaced, because a program uses it. The former version was put back. Close other programs, or restart Windows, and run the setup again."
    ${EndIf}
    Sleep 500
    IntOp $R7 $R7 + 1
  ${Loop}
FunctionEnd

Function Undo
  ${If} $Stage == "swapping"
    !insertmacro ForEachItem PutBack
    ${Log} "The former version was put back"
    RMDir "$INSTDIR\~old"
  ${EndIf}
  ${If} $Stage == "swapping"
  ${OrIf} $Stage == "extracting"
    SetOutPath "$TEMP"
    RMDir /r "$INSTDIR\~new"
    RMDir "$INSTDIR"
    SetErrorLevel ${EXIT_EXTRACT}
  ${EndIf}
  StrCpy $Stage ""
FunctionEnd

Function PutBack
  Exch $0
  ${If} ${FileExists} "$INSTDIR\~old\$0"
    ${If} ${FileExists} "$INSTDIR\$0"
      Rename "$INSTDIR\$0" "$INSTDIR\~new\$0"
    ${EndIf}
    Rename "$INSTDIR\~old\$0" "$INSTDIR\$0"
  ${ElseIf} $OldVersion == ""
  ${AndIf} ${FileExists} "$INSTDIR\$0"
    ${If} ${FileExists} "$INSTDIR\~new\*.*"
      Rename "$INSTDIR\$0" "$INSTDIR\~new\$0"
    ${EndIf}
  ${EndIf}
  Pop $0
FunctionEnd

; After a killed setup: whole again is whatever was whole last.
Function MendInterrupted
  ${If} ${FileExists} "$INSTDIR\~old\*.*"
    ${Log} "An earlier setup was interrupted: putting the former version back first"
    CreateDirectory "$INSTDIR\~new"
    ${IfNot} ${FileExists} "$INSTDIR\~old\Foliodesk.exe"
    ${AndIf} ${FileExists} "$INSTDIR\Foliodesk.exe"
      ; Foliodesk.exe changes places last. When it is not in ~old, either nothing of it had moved yet
      ; (the new one is still in ~new) or ~old is what is left of a finished one.
      ${IfNot} ${FileExists} "$INSTDIR\~new\Foliodesk.exe"
        Call DropOld
        Goto mended
      ${EndIf}
    ${EndIf}
    !insertmacro ForEachItem PutBack
    mended:
  ${EndIf}
  RMDir /r "$INSTDIR\~new"
  ClearErrors
FunctionEnd

; Deletes the old version's own files by its own list; whatever else lay between them goes back to its place.
Function DropOld
  ${If} ${FileExists} "$INSTDIR\~old\files.lst"
    StrCpy $R1 "$INSTDIR\~old"
    Call DeleteListed
    Delete "$INSTDIR\~old\files.lst"
  ${EndIf}
  RMDir "$INSTDIR\~old"
  ${If} ${FileExists} "$INSTDIR\~old\*.*"
    StrCpy $R1 ""
    Call MoveBack
    RMDir "$INSTDIR\~old"
  ${EndIf}
  RMDir "$INSTDIR\~new"
  ClearErrors
FunctionEnd

; Moves what is left below ~old$R1 to its place below $INSTDIR$R1, without replacing anything.
Function MoveBack
  Push $0
  Push $1
  Push $R1
  FindFirst $0 $1 "$INSTDIR\~old$R1\*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
      ${If} ${FileExists} "$INSTDIR\~old$R1\$1\*.*"
        CreateDirectory "$INSTDIR$R1\$1"
        Push $R1
        StrCpy $R1 "$R1\$1"
        Call MoveBack
        Pop $R1
        RMDir "$INSTDIR\~old$R1\$1"
      ${ElseIfNot} ${FileExists} "$INSTDIR$R1\$1"
        ${Log} "Kept a file that is not ours: $INSTDIR$R1\$1"
        Rename "$INSTDIR\~old$R1\$1" "$INSTDIR$R1\$1"
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
!macro ListFunctions un
Function ${un}DeleteListed
  Push $0
  Push $1
  ClearErrors
  FileOpen $0 "$R1\files.lst" r
  ${IfNot} ${Errors}
    ${Do}
      FileReadUTF16LE $0 $1
      ${If} ${Errors}
        ${ExitDo}
      ${EndIf}
      StrCpy $1 $1 -2 ; without its line end
      ${If} $1 == ""
      ${OrIf} $1 == "files.lst"
        ${Continue}
      ${EndIf}
      StrCpy $R2 $1 1 -1
      ${If} $R2 == "\"
        RMDir "$R1\$1"
      ${Else}
        Delete "$R1\$1"
      ${EndIf}
      ClearErrors
    ${Loop}
    FileClose $0
  ${EndIf}
  ClearErrors
  Pop $1
  Pop $0
FunctionEnd
!macroend
!insertmacro ListFunctions ""
!insertmacro ListFunctions "un."
