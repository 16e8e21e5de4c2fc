; The setup of Foliodesk: installs, upgrades in place, repairs, removes. Compiled by build.py, which hands in the
; defines named below; the steps lie in the .nsh files beside this one.
;
; Defines: VERSION FOUR PAYLOAD OUTFILE ICON COMPRESSION NEED_KB SIZE_KB LONGEST OLDEST_BUILD DATE PATIENCE OFFICES
; [SIGN]

Target amd64-unicode
Unicode true
SetDateSave on
FileBufSize 64
!if "${COMPRESSION}" == "store"
  SetCompress off
!else
  SetCompressor /SOLID ${COMPRESSION}
!endif

!define PRODUCT "Foliodesk"
!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Foliodesk"
!define MUTEX "Local\Foliodesk"
!define SETUP_MUTEX "Global\FoliodeskSetup" ; of all sessions

; What a silent setup or uninstall answers; resources/docs/windows-setup.md has the same list.
!define EXIT_CANCELLED 1
!define EXIT_NO_SPACE 10
!define EXIT_OLD_WINDOWS 11
!define EXIT_NOT_WRITABLE 12
!define EXIT_LONG_PATH 13
!define EXIT_RUNNING 14
!define EXIT_NEWER 15
!define EXIT_BACKUP 16
!define EXIT_NEEDS_ADMIN 17
!define EXIT_BAD_OPTION 18
!define EXIT_SWAP 19
!define EXIT_EXTRACT 20
!define EXIT_FOREIGN 21

Name "${PRODUCT} ${VERSION}"
OutFile "${OUTFILE}"
RequestExecutionLevel user
ManifestSupportedOS Win10
ManifestDPIAware true
ManifestLongPathAware true
BrandingText "${PRODUCT} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
CRCCheck force
InstallDir ""

VIProductVersion "${FOUR}"
VIFileVersion "${FOUR}"
VIAddVersionKey "ProductName" "${PRODUCT}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${PRODUCT} setup"
VIAddVersionKey "CompanyName" "${PUBLISHER}"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include nsDialogs.nsh
!include WinMessages.nsh
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "side.bmp"
!include MUI2.nsh

Var Scope        ; user or all
Var GivenPlace   ; /D=
Var OldVersion   ; of what is installed in this scope, or empty
Var OldPlace     ; where that lies
Var HomeOption   ; /HOME=, or what an earlier setup was told
Var OfficeOption
Var WithShortcuts
Var WithContextMenu
Var WithAutostart
Var WithPath
Var WaitSeconds
Var MayClose     ; whether a silent setup may ask a running window to close
Var Stage        ; empty, extracting, swapping, done: what there is to undo
Var Lock         ; one setup or removal at a time
Var LogFile
Var FailWords
Var FailCode
Var OnPage       ; 1 while a page asks: a refusal then lets the person choose again

!include log.nsh
!include options.nsh
!insertmacro LogFunctions ""
!insertmacro LogFunctions "un."
!include checks.nsh
!include choices.nsh
!include swap.nsh
!include integration.nsh
!include remove.nsh

Page custom ChoicesPage ChoicesLeave
!define MUI_DIRECTORYPAGE_TEXT_TOP "Foliodesk needs ${NEED_MB} MB of free space here. Your work is kept elsewhere and is never touched by the setup."
!define MUI_PAGE_CUSTOMFUNCTION_PRE DirectoryPre
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE DirectoryLeave
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!define MUI_FINISHPAGE_RUN_TEXT "Start Foliodesk"
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE_TEXT_TOP "Foliodesk will be removed from this PC. Your work is kept unless you say otherwise in the next step."
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Section "Foliodesk"
  AddSize ${SIZE_KB} ; shown on the page of the directory
  SetDetailsPrint textonly
  Call CheckMachine
  Call CheckInstalled
  Call CheckPlace
  Call WaitUntilClosed
  Call MendInterrupted
  Call GuardPlace
  Call ExtractBeside
  Call BackUpDatabase
  Call SwapIn
  Call PrepareWork
  Call WriteIntegration
  Call DropGone
  ${Log} "Finished: Foliodesk ${VERSION} in $INSTDIR"
  SetErrorLevel 0
SectionEnd

Function .onInit
  StrCpy $Stage ""
  Call OpenLog
  Call CheckMachine
  Call ReadOptions
  Call TakeLock
FunctionEnd

; Through Explorer, so that a setup with an administrator's rights does not hand them on.
Function StartProgram
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\Foliodesk.exe"'
FunctionEnd

; A file that cannot be unpacked ends the section (AllowSkipFiles off).
Function .onInstFailed
  ${Log} "Stopped (${EXIT_EXTRACT}): the files could not be written into $INSTDIR. Is the disk full, or does a virus scanner hold them? Nothing was changed."
  Call Undo
  SetErrorLevel ${EXIT_EXTRACT}
FunctionEnd
