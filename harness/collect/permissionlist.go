package collect

// permissionList: pm list permissions, of all packages: who defines each and at
// which protection level. Makers define their own, some without a guard.
var permissionList = Collector{
	Name:  "permission-list",
	When:  Baseline,
	Forms: []Form{{Argv: []string{"pm", "list", "permissions", "-f", "-g"}}},
	Whole: endsWithNewline,
}
