package packages

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// PmList reads the list of packages.
var PmList = printout.Parser{
	Source: "pm-list-packages",
	Parse:  parsePmList,
	Needs: "frameworks/base cmds/pm Pm.java runListPackages, Android 5 to 7; " +
		"services/core com/android/server/pm/PackageManagerShellCommand.java runListPackages, 7 to 16",
}

// parsePmList reads package:[PATH=]NAME and what -i, -U, --show-versioncode and --show-stopped
// append. From Android 8 a path may have equals signs in it, so the name follows the last one.
func parsePmList(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	for l.Next() {
		t := l.Text()
		if rest, ok := bytes.CutPrefix(t, []byte("package:")); ok {
			if listed, ok := listedIn(rest); ok {
				l.Read()
				emit(listed, l.Span())
			}
			continue
		}
		if bytes.Contains(t, []byte(" pm list packages")) && bytes.ContainsAny(t, "$#") || fence(t) {
			l.Skip() // a prompt, or the fence of a file that someone pasted it into
			continue
		}
		l.Settle()
	}
	return nil
}

func listedIn(rest []byte) (fact.Listed, bool) {
	p := fact.Listed{UID: android.NoUID}
	rest = bytes.TrimRight(rest, " ")
	for {
		i := bytes.LastIndexByte(rest, ' ')
		if i < 0 || !listedWord(&p, rest[i+1:]) {
			break
		}
		rest = bytes.TrimRight(rest[:i], " ")
	}
	if i := bytes.LastIndexByte(rest, '='); i >= 0 {
		p.Path, rest = string(rest[:i]), rest[i+1:]
	}
	p.Package = android.Package(rest)
	return p, packageName(rest)
}

// listedWord reads one of the words that follow the name. It is false where it does not know it.
func listedWord(p *fact.Listed, word []byte) bool {
	switch {
	case bytes.HasPrefix(word, []byte("uid:")):
		// Without --user a UID stands for each user: uid:10101,1010101.
		first, _, _ := bytes.Cut(word[len("uid:"):], []byte(","))
		n, ok := printout.Number(first)
		if ok {
			p.UID = android.UID(n)
		}
		return ok
	case bytes.HasPrefix(word, []byte("versionCode:")):
		p.VersionCode = string(word[len("versionCode:"):])
	case bytes.HasPrefix(word, []byte("installer=")):
		if v := word[len("installer="):]; string(v) != "null" {
			p.Installer = string(v)
		}
	case bytes.HasPrefix(word, []byte("stopped:")):
	default:
		return false
	}
	return true
}

// packageName says whether a word can be a package's name. It need not have a dot: one package is
// called android.
func packageName(b []byte) bool {
	if len(b) == 0 || len(b) > 255 {
		return false
	}
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

func fence(t []byte) bool { return bytes.HasPrefix(t, []byte("```")) }
