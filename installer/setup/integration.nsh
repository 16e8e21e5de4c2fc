; What Windows knows of us beside the files: settings of this installation, Start menu, context menu, autostart, the
; list of installed programs. SHCTX is the user's registry or the PC's, after SetShellVarContext.

!define CLASSES "Software\Classes"
!define VERB "shell\Foliodesk"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"

; Into ~new: it changes places with the rest.
Function WriteSettings
  ; UTF-16, so that a home in any script can be read back.
  ClearErrors
  FileOpen $0 "$INSTDIR\~new\install.ini" w
  FileWriteUTF16LE /BOM $0 "[foliodesk]$\r$\n"
  ${If} $HomeOption != ""
    FileWriteUTF16LE $0 'home="$HomeOption"$\r$\n'
  ${EndIf}
  FileWriteUTF16LE $0 "[setup]$\r$\nversion=${VERSION}$\r$\nscope=$Scope$\r$\nshortcuts=$WithShortcuts$\r$\n"
  FileWriteUTF16LE $0 "contextmenu=$WithContextMenu$\r$\nautostart=$WithAutostart$\r$\npath=$WithPath$\r$\n"
  FileClose $0
  ${If} ${Errors}
    ${Fail} ${EXIT_EXTRACT} "The settings could not be written into $INSTDIR. Is the disk full? Nothing was changed."
  ${EndIf}
FunctionEnd

Function PrepareWork
  ${If} $Scope == "all"
  ${AndIf} $HomeOption == ""
    ; All operators of the PC share one home; whoever may use the PC may work in it (S-1-5-32-545: Users).
    CreateDirectory "$APPDATA\Foliodesk"
    nsExec::ExecToStack '"$SYSDIR\icacls.exe" "$APPDATA\Foliodesk" /grant *S-1-5-32-545:(OI)(CI)M'
    Pop $0
    Pop $1
    ${Log} "Shared directory $APPDATA\Foliodesk: icacls answers $0"
  ${EndIf}
  ${If} $OfficeOption != ""
    nsExec::ExecToStack '"$INSTDIR\python\python.exe" -B -X utf8 "$INSTDIR\setup\steps.py" office $OfficeOption --home "$HomeOption"'
    Pop $0
    Pop $1
    ${Log} "Office $OfficeOption: exit code $0. $1"
  ${EndIf}
FunctionEnd

!macro WriteVerb class argument
  WriteRegStr SHCTX "${CLASSES}\${class}\${VERB}" "" "Digitize with Foliodesk"
  WriteRegStr SHCTX "${CLASSES}\${class}\${VERB}" "Icon" '$INSTDIR\Foliodesk.exe,0'
  ; Without it the entry disappears when more than 15 files are chosen.
  WriteRegStr SHCTX "${CLASSES}\${class}\${VERB}" "MultiSelectModel" "Player"
  WriteRegStr SHCTX "${CLASSES}\${class}\${VERB}\command" "" '"$INSTDIR\Foliodesk.exe" --import "${argument}"'
!macroend

!macro ForEachVerb do
  !insertmacro ${do} "Directory" "%1"
  ; The dot: a drive's own name ends in a backslash, which would take the closing quote with it.
  !insertmacro ${do} "Drive" "%1\."
  !insertmacro ${do} "Directory\Background" "%V\."
  !insertmacro ${do} "SystemFileAssociations\.pdf" "%1"
  !insertmacro ${do} "SystemFileAssociations\.tif" "%1"
  !insertmacro ${do} "SystemFileAssociations\.tiff" "%1"
  !insertmacro ${do} "SystemFileAssociations\.jpg" "%1"
  !insertmacro ${do} "SystemFileAssociations\.jpeg" "%1"
  !insertmacro ${do} "SystemFileAssociations\.png" "%1"
!macroend

!macro DeleteVerb class argument
  DeleteRegKey SHCTX "${CLASSES}\${class}\${VERB}"
  DeleteRegKey /ifempty SHCTX "${CLASSES}\${class}\shell"
  DeleteRegKey /ifempty SHCTX "${CLASSES}\${class}"
!macroend

!macro IntegrationFunctions un
; Shell: tells Explorer that menus changed.
Function ${un}TellExplorer
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
FunctionEnd

Function ${un}DeleteIntegration
  Delete "$SMPROGRAMS\Foliodesk.lnk"
  !insertmacro ForEachVerb DeleteVerb
  DeleteRegValue SHCTX "${RUN}" "Foliodesk"
  DeleteRegKey SHCTX "Software\Microsoft\Windows\CurrentVersion\App Paths\Foliodesk.exe"
  ClearErrors
FunctionEnd

; $R1: add or remove. The user's PATH may be longer than this setup can hold in a string, so Python edits it.
Function ${un}ChangePath
  nsExec::ExecToStack '"$INSTDIR\python\python.exe" -B -X utf8 "$INSTDIR\setup\steps.py" path $R1 --scope $Scope "$INSTDIR"'
  Pop $0
  Pop $1
  !insertmacro LogCall "PATH, ${un}$R1: exit code $0. $1"
FunctionEnd
!macroend
!insertmacro IntegrationFunctions ""
!insertmacro IntegrationFunctions "un."

Function WriteIntegration
  Call DeleteIntegration
  ${If} $WithShortcuts = 1
    SetOutPath "$INSTDIR"
    CreateShortcut "$SMPROGRAMS\Foliodesk.lnk" "$INSTDIR\Foliodesk.exe" "" "$INSTDIR\Foliodesk.exe" 0 "" "" "Turns paper folders into verified digital dossiers"
  ${EndIf}
  ${If} $WithContextMenu = 1
    !insertmacro ForEachVerb WriteVerb
  ${EndIf}
  ${If} $WithAutostart = 1
    WriteRegStr SHCTX "${RUN}" "Foliodesk" '"$INSTDIR\Foliodesk.exe" --background'
  ${EndIf}
  WriteRegStr SHCTX "Software\Microsoft\Windows\CurrentVersion\App Paths\Foliodesk.exe" "" "$INSTDIR\Foliodesk.exe"
  ${If} $WithPath = 1
    StrCpy $R1 "add"
    Call ChangePath
  ${ElseIf} $HadPath = 1
    StrCpy $R1 "remove"
    Call ChangePath
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr SHCTX "${KEY}" "DisplayName" "Foliodesk"
  WriteRegStr SHCTX "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${KEY}" "DisplayIcon" "$INSTDIR\Foliodesk.exe,0"
  WriteRegStr SHCTX "${KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${KEY}" "InstallDate" "${DATE}"
  WriteRegStr SHCTX "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${KEY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD SHCTX "${KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${KEY}" "NoRepair" 1
  Call TellExplorer
FunctionEnd
