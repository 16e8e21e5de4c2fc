; Reads the command line as Windows takes it apart, so that an option may be in quotes and its value may hold spaces.

; Looks for an option: "/NAME" by itself, or "/NAME=" with what follows it. Sets the error flag when it is not there.
!macro OptionCall name variable
  Push `${name}`
  !ifdef __UNINSTALL__
    Call un.FindOption
  !else
    Call FindOption
  !endif
  Pop ${variable}
!macroend
!define ReadOption "!insertmacro OptionCall"

; The n-th word of the command line, or the error flag.
!macro OptionFunctions un
Function ${un}Word ; n -> word
  Exch $0
  Push $1
  Push $2
  Push $3
  StrCpy $1 $CMDLINE ; without /D=, which NSIS has cut off
  ClearErrors
  System::Call 'shell32::CommandLineToArgvW(w r1, *i .r2) p .r3'
  ${If} $0 >= $2
    StrCpy $0 ""
    SetErrors
  ${Else}
    IntOp $0 $0 * 8
    IntPtrOp $0 $3 + $0
    System::Call '*$0(w .r0)'
  ${EndIf}
  System::Call 'kernel32::LocalFree(p r3)'
  Pop $3
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

Function ${un}FindOption ; name -> value
  Exch $0
  Push $1
  Push $2
  Push $3
  Push $4
  StrLen $1 $0
  StrCpy $4 $0 1 -1
  StrCpy $2 1
  ${Do}
    Push $2
    Call ${un}Word
    Pop $3
    ${If} ${Errors}
      StrCpy $0 ""
      SetErrors ; asking has cleared it
      ${ExitDo}
    ${EndIf}
    ${If} $4 == "="
      StrCpy $R9 $3 $1
      ${If} $R9 == $0
        StrCpy $0 $3 "" $1
        ${ExitDo}
      ${EndIf}
    ${ElseIf} $3 == $0
      StrCpy $0 ""
      ${ExitDo}
    ${EndIf}
    IntOp $2 $2 + 1
  ${Loop}
  Pop $4
  Pop $3
  Pop $2
  Pop $1
  Exch $0
FunctionEnd

; Refuses a word that begins like an option and is none: a typing error must not pass for "nothing chosen".
Function ${un}RefuseUnknown ; list of names, each between two |
  Exch $0
  Push $1
  Push $2
  Push $3
  StrCpy $1 1
  ${Do}
    Push $1
    Call ${un}Word
    Pop $2
    ${If} ${Errors}
      ${ExitDo}
    ${EndIf}
    StrCpy $3 $2 1
    ${If} $3 == "/"
      System::Call 'shlwapi::StrCSpnW(w r2, w "=") i .r3'
      StrCpy $3 $2 $3
      StrCpy $3 "|$3|"
      System::Call 'shlwapi::StrStrIW(w r0, w r3) p .r3'
      ${If} $3 P= 0
        !insertmacro FailCall ${EXIT_BAD_OPTION} "The option $2 is not known. Nothing was changed."
      ${EndIf}
    ${EndIf}
    IntOp $1 $1 + 1
  ${Loop}
  ClearErrors
  Pop $3
  Pop $2
  Pop $1
  Pop $0
FunctionEnd
!macroend
!insertmacro OptionFunctions ""
!insertmacro OptionFunctions "un."

; A choice: /NAME, /NAME=1 or /NAME=0.
!macro ReadSwitch option variable
  ${ReadOption} "/${option}" $R1
  ${IfNot} ${Errors}
    StrCpy ${variable} 1
  ${EndIf}
  ${ReadOption} "/${option}=" $R1
  ${IfNot} ${Errors}
    ${If} $R1 == "1"
    ${OrIf} $R1 == "0"
      StrCpy ${variable} $R1
    ${Else}
      ${Fail} ${EXIT_BAD_OPTION} "The option /${option}=$R1 is not understood: /${option}=1 or /${option}=0."
    ${EndIf}
  ${EndIf}
!macroend

!macro ReadWait
  ${ReadOption} "/WAIT=" $R1
  ${IfNot} ${Errors}
    IntOp $WaitSeconds $R1 + 0
    ${If} $WaitSeconds != $R1
    ${OrIf} $WaitSeconds < 0
      ${Fail} ${EXIT_BAD_OPTION} "The option /WAIT=$R1 is not understood: it takes a number of seconds."
    ${EndIf}
  ${EndIf}
!macroend
