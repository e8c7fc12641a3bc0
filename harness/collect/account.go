package collect

import (
	"strings"

	"assay/harness/android"
)

// dumpsysAccount asks AccountManagerService for the types of accounts and how
// many there are of each (--checkin: services/core AccountManagerService.dumpUser).
// The names of accounts and of users never leave the handset: what is neither a
// user's number nor TYPE,NUMBER nor a refusal is dropped there, by the shell's own
// words, since not every release has sed.
var dumpsysAccount = Collector{
	Name:  "dumpsys-account",
	When:  Baseline,
	Needs: []Need{{"service", "account"}},
	Forms: []Form{{Script: `dumpsys account --checkin | while IFS= read -r l; do case "$l" in ` +
		`"User UserInfo{"*) l=${l#*UserInfo?}; echo "User UserInfo{${l%%:*}}:";; ` +
		`*@*|*"{"*) ;; ` +
		`*,[0-9]|*,[0-9][0-9]|` + complaints() + `) echo "$l";; ` +
		`esac; done; echo "@@ end"`}},
	Whole: endsWithNewline,
}

// complaints are the shell's patterns for what stands in place of a dump.
func complaints() string {
	var all []string
	for _, p := range android.DumpPhrases() {
		all = append(all, `"`+p.Starts+`"*`)
	}
	return strings.Join(all, "|")
}
