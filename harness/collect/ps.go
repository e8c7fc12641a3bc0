package collect

// ps: toybox from Android 8 lists all with -A; toolbox before lists all unasked.
var ps = Collector{
	Name: "ps",
	When: Before | After,
	Forms: []Form{
		{From: 26, Argv: []string{"ps", "-A", "-o", "USER,PID,PPID,NAME"}},
		{Argv: []string{"ps"}},
	},
	Whole: endsWithNewline,
}
