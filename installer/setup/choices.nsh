; What a person or a command line may choose, and what an earlier setup was told (install.ini beside the program).

Var Dialog
Var RadioUser
Var RadioAll
Var BoxShortcuts
Var BoxMenu
Var BoxAutostart
Var BoxPath
Var HadPath      ; whether an earlier setup changed PATH

!macro ReadKept name variable
  ReadINIStr $R1 "$R3\install.ini" "setup" "${name}"
  ${If} $R1 != ""
    StrCpy ${variable} $R1
  ${EndIf}
!macroend

Function ReadOptions
  Push "|/S|/NCRC|/D|/ALLUSERS|/CURRENTUSER|/HOME|/OFFICE|/AUTOSTART|/ADDTOPATH|/NOSHORTCUTS|/NOCONTEXTMENU|/CLOSE|/WAIT|/LOG|"
  Call RefuseUnknown
  StrCpy $WaitSeconds 30
  StrCpy $MayClose 0
  StrCpy $Scope ""
  ${ReadOption} "/ALLUSERS" $R1
  ${IfNot} ${Errors}
    StrCpy $Scope "all"
  ${EndIf}
  ${ReadOption} "/CURRENTUSER" $R1
  ${IfNot} ${Errors}
    ${If} $Scope == "all"
      ${Fail} ${EXIT_BAD_OPTION} "The options /ALLUSERS and /CURRENTUSER exclude each other. Nothing was changed."
    ${EndIf}
    StrCpy $Scope "user"
  ${EndIf}
  ${If} $Scope == ""
    ; Where it is already, it stays.
    StrCpy $Scope "user"
    ReadRegStr $R1 HKCU "${KEY}" "DisplayVersion"
    ${If} $R1 == ""
      ReadRegStr $R1 HKLM "${KEY}" "DisplayVersion"
      ${If} $R1 != ""
        StrCpy $Scope "all"
      ${EndIf}
    ${EndIf}
  ${EndIf}
  ; /D= without quotes NSIS has taken itself; many programs put an argument with spaces into quotes.
  ${ReadOption} "/D=" $R1
  ${IfNot} ${Errors}
  ${AndIf} $INSTDIR == ""
    StrCpy $INSTDIR $R1
  ${EndIf}
  StrCpy $GivenPlace $INSTDIR
  !insertmacro ReadSwitch "CLOSE" $MayClose
  !insertmacro ReadWait
  Call UseScope
  Call ReadChoices
  ${If} ${Silent}
    Call NeedRights
  ${EndIf}
FunctionEnd

; What the command line says wins over what an earlier setup was told.
Function ReadChoices
  !insertmacro ReadSwitch "AUTOSTART" $WithAutostart
  !insertmacro ReadSwitch "ADDTOPATH" $WithPath
  ${ReadOption} "/NOSHORTCUTS" $R1
  ${IfNot} ${Errors}
    StrCpy $WithShortcuts 0
  ${EndIf}
  ${ReadOption} "/NOCONTEXTMENU" $R1
  ${IfNot} ${Errors}
    StrCpy $WithContextMenu 0
  ${EndIf}
  ${ReadOption} "/HOME=" $R1
  ${IfNot} ${Errors}
    StrCpy $HomeOption $R1
    Call CheckHome
    ; From any other directory a relative name would be another home, and a share holds no database safely.
    ExpandEnvStrings $R1 $HomeOption
    StrCpy $R1 $R1 2 1
    ${If} $R1 != ":\"
      ${Fail} ${EXIT_BAD_OPTION} "The option /HOME=$HomeOption is not understood: it takes a full path on a disk of this PC, such as D:\Foliodesk."
    ${EndIf}
  ${EndIf}
  ${ReadOption} "/OFFICE=" $R1
  ${IfNot} ${Errors}
    StrCpy $R2 "|$R1|"
    System::Call 'shlwapi::StrStrIW(w "${OFFICES}", w R2) p .R2'
    ${If} $R2 P= 0
      ${Fail} ${EXIT_BAD_OPTION} "The option /OFFICE=$R1 is not understood: it takes the two letters of an office, such as KH. The offices are ${OFFICES}."
    ${EndIf}
    StrCpy $OfficeOption $R1
  ${EndIf}
FunctionEnd

; Without a last backslash, which takes the closing quote with it when the home is handed on: C:\work\ is C:\work, D:\ is D:\.
Function CheckHome
  StrCpy $R1 $HomeOption
  System::Call 'shlwapi::StrChrW(w R1, i 34) p .R1' ; a double quote
  ${If} $R1 P<> 0
    ${Fail} ${EXIT_BAD_OPTION} 'The option /HOME=$HomeOption is not understood: it holds a quote. A backslash before the closing quote does that; please leave the last backslash out.'
  ${EndIf}
  ${Do}
    StrCpy $R1 $HomeOption 1 -1
    ${If} $R1 != "\"
      ${ExitDo}
    ${EndIf}
    StrCpy $HomeOption $HomeOption -1
  ${Loop}
  StrCpy $R1 $HomeOption 1 -1
  ${If} $R1 == ":"
    StrCpy $HomeOption "$HomeOption\."
  ${EndIf}
FunctionEnd

; Looks at what is installed in the scope, and takes over its place and choices.
Function UseScope
  StrCpy $WithShortcuts 1
  StrCpy $WithContextMenu 1
  StrCpy $WithAutostart 0
  StrCpy $WithPath 0
  StrCpy $HadPath 0
  StrCpy $HomeOption ""
  ${If} $Scope == "all"
    SetShellVarContext all
    StrCpy $R2 "$PROGRAMFILES64\Foliodesk"
    ReadRegStr $OldVersion HKLM "${KEY}" "DisplayVersion"
    ReadRegStr $OldPlace HKLM "${KEY}" "InstallLocation"
  ${Else}
    SetShellVarContext current
    StrCpy $R2 "$LOCALAPPDATA\Programs\Foliodesk"
    ReadRegStr $OldVersion HKCU "${KEY}" "DisplayVersion"
    ReadRegStr $OldPlace HKCU "${KEY}" "InstallLocation"
  ${EndIf}
  ${If} $OldPlace == ""
  ${OrIfNot} ${FileExists} "$OldPlace\*.*"
    StrCpy $OldVersion ""
    StrCpy $OldPlace ""
  ${EndIf}
  ${If} $OldPlace != ""
    StrCpy $R2 $OldPlace
    StrCpy $R3 $OldPlace
    ${If} ${FileExists} "$OldPlace\~old\install.ini"
      StrCpy $R3 "$OldPlace\~old" ; an interrupted setup has moved it
    ${EndIf}
    !insertmacro ReadKept "shortcuts" $WithShortcuts
    !insertmacro ReadKept "contextmenu" $WithContextMenu
    !insertmacro ReadKept "autostart" $WithAutostart
    !insertmacro ReadKept "path" $WithPath
    StrCpy $HadPath $WithPath
    ReadINIStr $HomeOption "$R3\install.ini" "foliodesk" "home"
    Call CheckHome
  ${EndIf}
  ${If} $INSTDIR == ""
    StrCpy $INSTDIR $R2
  ${ElseIf} $OldPlace != ""
  ${AndIf} $INSTDIR != $OldPlace
    ; Told to another directory: a second installation would fight over the same entries.
    ${Fail} ${EXIT_BAD_OPTION} "Foliodesk $OldVersion is installed in $OldPlace. Remove it first to install it in $INSTDIR, or leave the directory out."
  ${EndIf}
FunctionEnd

Function NeedRights
  ; Software distribution runs as the system, whose "user" nobody ever is: its profile lies below Windows' directory.
  StrLen $R1 "$WINDIR\"
  StrCpy $R1 $PROFILE $R1
  ${If} $R1 == "$WINDIR\"
  ${AndIf} $Scope == "user"
    ${Fail} ${EXIT_NEEDS_ADMIN} "The setup runs as the system and not as a person: use /ALLUSERS. Nothing was changed."
  ${EndIf}
  ${If} $Scope == "all"
    UserInfo::GetAccountType
    Pop $R1
    ${If} $R1 != "Admin"
      ${Fail} ${EXIT_NEEDS_ADMIN} "Installing for all users of this PC needs an administrator. Run the setup as administrator, or install it only for you. Nothing was changed."
    ${EndIf}
  ${EndIf}
FunctionEnd

Function ChoicesPage
  !insertmacro MUI_HEADER_TEXT "Foliodesk ${VERSION}" "Turns paper folders into verified digital dossiers."
  nsDialogs::Create 1018
  Pop $Dialog
  ${If} $OldVersion == ""
    StrCpy $R1 "Install Foliodesk"
  ${ElseIf} $OldVersion == "${VERSION}"
    StrCpy $R1 "Foliodesk ${VERSION} is installed already: all its files will be written again. Your work is not touched."
  ${Else}
    StrCpy $R1 "Foliodesk $OldVersion will become ${VERSION}. A copy of its database is made first."
  ${EndIf}
  ${NSD_CreateLabel} 0 0 100% 20u $R1
  Pop $R1
  ${NSD_CreateRadioButton} 0 24u 100% 12u "Only for me (no administrator needed)"
  Pop $RadioUser
  ${NSD_CreateRadioButton} 0 38u 100% 12u "For all users of this PC, with shared work (asks for an administrator)"
  Pop $RadioAll
  ${If} $Scope == "all"
    ${NSD_Check} $RadioAll
  ${Else}
    ${NSD_Check} $RadioUser
  ${EndIf}
  ${NSD_CreateCheckBox} 0 60u 100% 12u "Entry in the Start menu"
  Pop $BoxShortcuts
  ${NSD_SetState} $BoxShortcuts $WithShortcuts
  ${NSD_CreateCheckBox} 0 74u 100% 12u '"Digitize with Foliodesk" in the menu of folders and scans'
  Pop $BoxMenu
  ${NSD_SetState} $BoxMenu $WithContextMenu
  ${NSD_CreateCheckBox} 0 88u 100% 12u "Go on working in the background after signing in"
  Pop $BoxAutostart
  ${NSD_SetState} $BoxAutostart $WithAutostart
  ${NSD_CreateCheckBox} 0 102u 100% 12u "The command foliodesk in command windows (adds to PATH)"
  Pop $BoxPath
  ${NSD_SetState} $BoxPath $WithPath
  nsDialogs::Show
FunctionEnd

Function ChoicesLeave
  ${NSD_GetState} $RadioAll $R1
  StrCpy $R3 $Scope
  ${If} $R1 = 1
    StrCpy $Scope "all"
  ${Else}
    StrCpy $Scope "user"
  ${EndIf}
  ${If} $Scope != $R3
    StrCpy $INSTDIR $GivenPlace
    Call UseScope
    Call ReadChoices
  ${EndIf}
  ${NSD_GetState} $BoxShortcuts $WithShortcuts
  ${NSD_GetState} $BoxMenu $WithContextMenu
  ${NSD_GetState} $BoxAutostart $WithAutostart
  ${NSD_GetState} $BoxPath $WithPath
  ${If} $Scope == "all"
    UserInfo::GetAccountType
    Pop $R1
    ${If} $R1 != "Admin"
      ; The same setup again, with an administrator's rights and the same choices.
      StrCpy $R2 '/ALLUSERS /AUTOSTART=$WithAutostart /ADDTOPATH=$WithPath "/LOG=$LogFile"'
      ${If} $HomeOption != ""
        StrCpy $R2 '$R2 "/HOME=$HomeOption"'
      ${EndIf}
      ${If} $OfficeOption != ""
        StrCpy $R2 '$R2 /OFFICE=$OfficeOption'
      ${EndIf}
      ${If} $WithShortcuts = 0
        StrCpy $R2 "$R2 /NOSHORTCUTS"
      ${EndIf}
      ${If} $WithContextMenu = 0
        StrCpy $R2 "$R2 /NOCONTEXTMENU"
      ${EndIf}
      ${If} $GivenPlace != ""
        StrCpy $R2 '$R2 /D=$GivenPlace' ; the last one, and without quotes
      ${EndIf}
      Call GiveLock
      System::Call 'shell32::ShellExecuteW(p $HWNDPARENT, w "runas", w "$EXEPATH", w R2, p 0, i 1) p .r1'
      ${If} $1 P> 32
        Quit
      ${EndIf}
      Call TakeLock
      MessageBox MB_OK|MB_ICONINFORMATION "Without an administrator Foliodesk can be installed only for you."
      Abort
    ${EndIf}
  ${EndIf}
  Call CheckInstalled
FunctionEnd

; For the same setup with an administrator's rights.
Function GiveLock
  System::Call 'kernel32::ReleaseMutex(p $Lock)'
  System::Call 'kernel32::CloseHandle(p $Lock)'
FunctionEnd

Function DirectoryPre
  ${If} $OldPlace != ""
    Abort ; an upgrade and a repair stay where it is
  ${EndIf}
FunctionEnd

Function DirectoryLeave
  StrCpy $OnPage 1
  Call CheckPlace
  StrCpy $OnPage 0
FunctionEnd
