; A log of every run, in UTF-16 so that names in any script are readable: %TEMP%\foliodesk-setup.log, or /LOG=FILE.

!macro LogCall words
  Push `${words}`
  !ifdef __UNINSTALL__
    Call un.WriteLog
  !else
    Call WriteLog
  !endif
!macroend
!define Log "!insertmacro LogCall"

!macro LogFunctions un
Function ${un}OpenLog
  ${ReadOption} "/LOG=" $LogFile
  ${If} ${Errors}
  ${OrIf} $LogFile == ""
    StrCpy $LogFile "$TEMP\foliodesk-setup.log"
  ${EndIf}
FunctionEnd

Function ${un}WriteLog
  Exch $0 ; the words
  Push $1
  Push $2
  Push $3
  Push $4
  Push $5
  Push $6
  Push $7
  Push $8
  ${GetTime} "" "L" $2 $3 $4 $5 $6 $7 $8
  ClearErrors
  FileOpen $1 $LogFile a
  ${IfNot} ${Errors}
    FileSeek $1 0 END $5
    ${If} $5 = 0
      FileWriteUTF16LE /BOM $1 ""
    ${EndIf}
    FileWriteUTF16LE $1 "$4-$3-$2 $6:$7:$8 $0$\r$\n"
    FileClose $1
  ${EndIf}
  ClearErrors
  DetailPrint $0
  Pop $8
  Pop $7
  Pop $6
  Pop $5
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd

; Says why it ends, undoes what was begun, and quits with an exit code. FailWords and FailCode say what.
Function ${un}Stop
  ${If} $FailCode <> ${EXIT_CANCELLED}
    !insertmacro LogCall "Stopped ($FailCode): $FailWords"
    MessageBox MB_OK|MB_ICONEXCLAMATION|MB_SETFOREGROUND "$FailWords" /SD IDOK
  ${EndIf}
  ${If} $OnPage = 1
    StrCpy $OnPage 0
    Abort ; back to the page
  ${EndIf}
  Call ${un}Undo
  SetErrorLevel $FailCode
  Quit
FunctionEnd
!macroend

!macro FailCall code words
  StrCpy $FailCode ${code}
  StrCpy $FailWords `${words}`
  !ifdef __UNINSTALL__
    Call un.Stop
  !else
    Call Stop
  !endif
!macroend
!define Fail "!insertmacro FailCall"

Function un.Undo
FunctionEnd
