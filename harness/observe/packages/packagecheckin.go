package packages

import (
	"bytes"
	"strings"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysPackageCheckin reads the short form of the packages' dump, which Android prints for
// machines.
var DumpsysPackageCheckin = printout.Parser{
	Source: "dumpsys-package-checkin",
	Parse:  parseCheckin,
	Needs: "services/core com/android/server/pm/Settings.java dumpPackageLPr with a check-in tag, Android 5 to 16; " +
		"dumpstate runs it, up to Android 14 at least",
}

// checkinDump reads dumpsys package --checkin: for each library, feature, package, user of a
// package and message a line of words with commas between them.
type checkinDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	headed  bool
	changes bool // under Package Changes:
	pkg     android.Package
	hidden  bool
}

func parseCheckin(in printout.Input, emit printout.Emit) error {
	d := &checkinDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := d.Text()
		switch {
		case len(bytes.TrimSpace(t)) == 0:
			d.Skip()
		case string(t) == "vers,1":
			d.headed = true
			d.Skip()
		case !d.headed:
			d.Settle()
		case t[0] == ' ':
			if d.changes {
				d.Skip()
			}
		default:
			d.line(t)
		}
	}
	return nil
}

func (d *checkinDump) line(t []byte) {
	d.changes = false
	words := bytes.Split(t, []byte(","))
	switch tag := string(words[0]); tag {
	case "pkg", "dis":
		d.pkg, d.hidden = "", tag == "dis"
		d.ofPackage(words)
	case "pkg-usr", "dis-usr":
		d.ofUser(words)
	case "dv", "feat", "ifv", "ivv", "lib", "msg", "pkg-splt", "dis-splt", "suid", "vrfy":
		d.Skip()
	case "Package Changes:", "Package performance messages:":
		d.changes = true
		d.Skip()
	default:
		d.Settle()
	}
}

// ofPackage reads
//
//	pkg,com.example,10117,24,1230739200000,1230739200000,com.example.store    to Android 12
//	pkg,com.example,10040,33,1230768000000,com.example.store,0                13
//	pkg,com.example,10040,33,1230768000000,com.example.store10084?,0          from 14
func (d *checkinDump) ofPackage(words [][]byte) {
	if len(words) < 6 {
		return
	}
	uid, isUID := printout.Number(words[2])
	time, isTime := printout.Number(words[4])
	if !isUID || !isTime || len(words[1]) == 0 {
		return
	}
	p := fact.CheckedIn{
		Package: android.Package(d.names.Of(words[1])), Hidden: d.hidden, UID: android.UID(uid),
		VersionCode: string(words[3]), LastUpdate: int64(time),
	}
	installer := words[5]
	if update, both := printout.Number(words[5]); both && len(words) > 6 {
		p.FirstInstall, p.LastUpdate = int64(time), int64(update)
		installer = words[6]
	}
	p.Installer = installerOf(d.names.Of(installer))
	d.pkg = p.Package
	d.Read()
	d.emit(p, d.Span())
}

// known gives a word, or "" for the question mark that stands for null.
func known(word string) string {
	if word == "?" {
		return ""
	}
	return word
}

// installerOf cuts off what Android 14 prints right behind an installer: its UID, and who owns
// updates. It looks like com.example.store10084? or ?-1?.
func installerOf(word string) string {
	digits := 0
	for i, c := range word {
		switch {
		case c >= '0' && c <= '9':
			digits++
			continue
		case digits >= 4 && c != '.': // a UID; 1000 is the lowest that installs
			return word[:i-digits]
		}
		digits = 0
	}
	if strings.HasPrefix(word, "?") {
		return ""
	}
	return word
}

// ofUser reads the state of the package above for one user:
//
//	pkg-usr,999,ibsuSl,0,?
//	pkg-usr,0,IbsusLiavpiha,0,?,1230768000000,     from Android 13
func (d *checkinDump) ofUser(words [][]byte) {
	if len(words) < 4 || d.pkg == "" {
		return
	}
	user, isUser := printout.Number(words[1])
	enabled, isState := printout.Number(words[3])
	u := fact.CheckedInUser{Package: d.pkg, Hidden: d.hidden, User: user, Enabled: enabled}
	if !isUser || !isState || !checkinFlags(words[2], &u) {
		return
	}
	if len(words) > 4 {
		u.DisabledBy = android.Package(known(d.names.Of(words[4])))
	}
	if len(words) > 5 {
		if first, ok := printout.Number(words[5]); ok {
			u.FirstInstall = int64(first)
		}
	}
	d.Read()
	d.emit(u, d.Span())
}

// checkinFlags reads letters, each of which is a capital where it holds: I installed, B hidden,
// SU suspended (from Android 7), S stopped, L launched; others may follow.
func checkinFlags(word []byte, u *fact.CheckedInUser) bool {
	rest := word
	letter := func(flag string) (set, ok bool) {
		if len(rest) < len(flag) || !bytes.EqualFold(rest[:len(flag)], []byte(flag)) {
			return false, false
		}
		set = string(rest[:len(flag)]) == flag
		rest = rest[len(flag):]
		return set, true
	}
	var ok [4]bool
	u.Installed, ok[0] = letter("I")
	_, ok[1] = letter("B")
	letter("SU")
	u.Stopped, ok[2] = letter("S")
	u.Launched, ok[3] = letter("L")
	return ok[0] && ok[1] && ok[2] && ok[3]
}
