package collect

// dumpsysRole: RoleManagerService.dump, from Android 12 packages/modules/Permission
// RoleService.dump: the holders of each role, for each user.
var dumpsysRole = Collector{
	Name:  "dumpsys-role",
	When:  Baseline,
	Needs: []Need{{"service", "role"}},
	Forms: []Form{{From: 29, Argv: []string{"dumpsys", "role"}}},
	Whole: endsWithNewline,
}

// roleHolders asks for the roles that an owner knows one by one, each below a
// line "@@ role NAME": some makers' builds deny the shell the dump of them all.
// A release that does not know a role answers with an empty line.
var roleHolders = Collector{
	Name:  "role-holders",
	When:  Baseline,
	Needs: []Need{{"service", "role"}},
	Forms: []Form{{From: 29, Script: `for r in ASSISTANT BROWSER CALL_REDIRECTION CALL_SCREENING DIALER EMERGENCY HOME NOTES SMS ` +
		`SYSTEM_CONTACTS SYSTEM_GALLERY SYSTEM_SPEECH_RECOGNIZER WALLET; do ` +
		`echo "@@ role android.app.role.$r"; cmd role get-role-holders --user 0 "android.app.role.$r"; done; echo "@@ end"`}},
	Whole: endsWithNewline,
}
