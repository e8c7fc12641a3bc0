package device

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysAccount reads how many accounts of each type there are, and who makes them.
var DumpsysAccount = printout.Parser{
	Source: "dumpsys-account",
	Parse:  parseAccounts,
	Needs: "services/core com/android/server/accounts/AccountManagerService.java dump and --checkin, Android 5 to 16; " +
		"RegisteredServicesCache.java dump; from source only",
}

// accountDump reads dumpsys account. With --checkin it prints types, and how many accounts
// there are of each. Without, as in imports, it prints each account with its name, which is
// passed over.
type accountDump struct {
	*printout.Lines
	emit   printout.Emit
	names  printout.Names
	user   int  // -1 outside a user's block
	hidden bool // under a heading whose lines hold names
}

func parseAccounts(in printout.Input, emit printout.Emit) error {
	d := &accountDump{Lines: in.Lines, emit: emit, user: -1}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		switch {
		case len(t) == 0:
			d.Skip()
		case bytes.HasPrefix(t, []byte("User UserInfo{")):
			id, _, _ := bytes.Cut(t[len("User UserInfo{"):], []byte(":"))
			n, ok := printout.Number(bytes.TrimRight(id, "}"))
			if d.user, d.hidden = -1, false; ok {
				d.user = n
				d.Read()
			}
		case d.user < 0:
			d.Settle()
		default:
			d.line(t)
		}
	}
	return nil
}

// accountHeadings are the headings of what is without interest, or holds names: the log of
// changes, sessions, who may see which account.
var accountHeadings = []string{
	"Account visibility:",
	"AccountId, Action_Type, ",
	"Accounts History",
	"Active Sessions: ",
	"RegisteredServicesCache: ",
}

func (d *accountDump) line(t []byte) {
	kind, count, isPair := bytes.Cut(t, []byte(","))
	n, isCount := printout.Number(count)
	switch {
	case bytes.HasPrefix(t, []byte("Account {name=")):
		i := bytes.LastIndex(t, []byte(", type="))
		if name := bytes.TrimSuffix(t[max(i, 0):], []byte("}")); i > 0 && printout.IsName(name[len(", type="):]) {
			d.Read()
			d.emit(fact.Account{User: d.user, Type: d.names.Of(name[len(", type="):]), Count: 1}, d.Span())
		}
	case bytes.HasPrefix(t, []byte("ServiceInfo: AuthenticatorDescription {type=")):
		d.authenticator(t[len("ServiceInfo: AuthenticatorDescription {type="):])
	case printout.HasAnyPrefix(t, accountHeadings):
		d.hidden = true
		d.Skip()
	case bytes.HasPrefix(t, []byte("Accounts: ")):
		d.hidden = false
		d.Skip()
	case d.hidden && !printout.IsFraming(t):
		d.Skip()
	case isPair && isCount && printout.IsName(kind):
		d.Read()
		d.emit(fact.Account{User: d.user, Type: d.names.Of(kind), Count: n}, d.Span())
	default:
		d.Settle()
	}
}

// authenticator reads com.google}, ComponentInfo{specimen.accounts/.Service}, uid 10018.
func (d *accountDump) authenticator(t []byte) {
	kind, rest, ok := bytes.Cut(t, []byte("}, ComponentInfo{"))
	component, rest, ok2 := bytes.Cut(rest, []byte("}, uid "))
	name, _, _ := bytes.Cut(component, []byte("/"))
	uid, isUID := printout.Number(bytes.TrimSpace(rest))
	if !ok || !ok2 || !isUID || !printout.IsName(kind) || !printout.IsName(name) {
		return
	}
	d.Read()
	d.emit(fact.Authenticator{Type: d.names.Of(kind), Package: android.Package(d.names.Of(name)), UID: android.UID(uid)}, d.Span())
}
