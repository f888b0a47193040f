; The installer for Windows, by Inno Setup 6.3: the bundle, a start menu entry and the file types.
;
;   packaging/build-bundle                                             (in Git's shell)
;   python packaging/document_types.py >build/associations.iss
;   iscc /DVersion=0.1.0 packaging\windows\ladderview.iss              -> dist\ladderview-0.1.0-setup.exe
;
; It installs for one user without an administrator's rights, or for all with them. Captures are offered to ladderview;
; what a person chose for them before stays the default. Only .ladder and .scenario become its own.

#ifndef Version
  #error Say which version: iscc /DVersion=0.1.0
#endif

[Setup]
AppId={{6C1A6C0E-0D4B-4C0B-9C83-5B7D0B1F2E58}
AppName=ladderview
AppVersion={#Version}
AppPublisher=ladderview developers
DefaultDirName={autopf}\ladderview
DefaultGroupName=ladderview
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
SourceDir=..\..
OutputDir=dist
OutputBaseFilename=ladderview-{#Version}-setup
SetupIconFile=build\icons\ladderview.ico
UninstallDisplayIcon={app}\ladderview.exe
LicenseFile=LICENSE
Compression=lzma2
SolidCompression=yes
WizardStyle=modern

[Files]
Source: "build\bundle\ladderview\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion
Source: "build\icons\ladderview-document.ico"; DestDir: "{app}"; Flags: ignoreversion

[InstallDelete]
; What another version had and this one has not would be found first.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\ladderview"; Filename: "{app}\ladderview.exe"

[Registry]
; The program by its name, for Open With and for the default programs of the system's settings.
Root: HKA; Subkey: "Software\Classes\Applications\ladderview.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "ladderview"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\ladderview.exe\shell\open\command"; ValueType: string; ValueData: """{app}\ladderview.exe"" ""%1"""

#include "..\..\build\associations.iss"

[Run]
Filename: "{app}\ladderview.exe"; Description: "{cm:LaunchProgram,ladderview}"; Flags: nowait postinstall skipifsilent
