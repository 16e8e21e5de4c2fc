; The uninstaller: removes what the setup wrote and nothing else. The work stays unless a person says otherwise, or a
; silent one is told /DELETEDATA=1.

Var DeleteData

Function un.onInit
  Call un.OpenLog
  StrCpy $WaitSeconds 30
  StrCpy $MayClose 0
  StrCpy $DeleteData 0
  ReadINIStr $Scope "$INSTDIR\install.ini" "setup" "scope"
  ReadINIStr $WithPath "$INSTDIR\install.ini" "setup" "path"
  ReadINIStr $HomeOption "$INSTDIR\install.ini" "foliodesk" "home"
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
  ${ReadOption} "/DELETEDATA=" $R1
  ${IfNot} ${Errors}
    ${If} $R1 == "1"
      StrCpy $DeleteData 1
    ${ElseIf} $R1 != "0"
      ${Fail} ${EXIT_BAD_OPTION} "The option /DELETEDATA=$R1 is not understood: /DELETEDATA=1 or /DELETEDATA=0."
    ${EndIf}
  ${EndIf}
  ${ReadOption} "/CLOSE=" $R1
  ${IfNot} ${Errors}
    StrCpy $MayClose $R1
  ${EndIf}
  ${ReadOption} "/WAIT=" $R1
  ${IfNot} ${Errors}
    StrCpy $WaitSeconds $R1
  ${EndIf}
FunctionEnd

Section "Uninstall"
  SetDetailsPrint textonly
  ${IfNot} ${FileExists} "$INSTDIR\files.lst"
    ${Fail} ${EXIT_FOREIGN} "$INSTDIR holds no list of Foliodesk's files. Run the setup once more to repair it, then remove it."
  ${EndIf}
  Call un.WaitUntilClosed
  StrCpy $R8 $APPDATA
  ${If} $Scope != "all"
    StrCpy $R8 $LOCALAPPDATA
  ${EndIf}
  StrCpy $R8 "$R8\Foliodesk"
  ${If} $HomeOption != ""
    ExpandEnvStrings $R8 $HomeOption
  ${EndIf}
  ${IfNot} ${Silent}
  ${AndIf} ${FileExists} "$R8\foliodesk.sqlite3"
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Keep your work in $R8?$\r$\n$\r$\nYes: the scans, dossiers and settings stay where they are; a later Foliodesk goes on with them.$\r$\nNo: all of it is deleted for good." IDYES keep
      MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "Really delete all scans, dossiers and settings in $R8? This cannot be undone." IDNO keep
        StrCpy $DeleteData 1
    keep:
  ${EndIf}
  ${Log} "Removing Foliodesk ${VERSION} from $INSTDIR"
  ${If} $WithPath = 1
    StrCpy $R1 "remove"
    Call un.ChangePath
  ${EndIf}
  Call un.DeleteIntegration
  SetOutPath "$TEMP"
  StrCpy $R1 "$INSTDIR"
  Call un.DeleteListed
  Delete "$INSTDIR\files.lst"
  Delete "$INSTDIR\install.ini"
  Delete "$INSTDIR\uninstall.exe"
  RMDir /r "$INSTDIR\~new"
  RMDir "$INSTDIR"
  DeleteRegKey SHCTX "${KEY}"
  ${If} $DeleteData = 1
    Call un.DeleteHome
  ${EndIf}
  Call un.TellExplorer
  ${Log} "Finished: Foliodesk ${VERSION} removed"
  SetErrorLevel 0
SectionEnd

; Only what Foliodesk itself keeps in a home, by name: /HOME= may name a directory that holds other things too.
Function un.DeleteHome
  ${Log} "Deleting the work in $R8"
  RMDir /r "$R8\masters"
  RMDir /r "$R8\derived"
  RMDir /r "$R8\packages"
  RMDir /r "$R8\office-drop"
  RMDir /r "$R8\logs"
  RMDir /r "$R8\backups"
  RMDir /r "$R8\owners"
  RMDir /r "$R8\lost-and-found"
  Delete "$R8\foliodesk.sqlite3*"
  Delete "$R8\settings.toml*"
  Delete "$R8\*.lock"
  Delete "$R8\*-lock"
  RMDir "$R8"
FunctionEnd
