package obstacle

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"assay/harness/android"
)

// Refusal is something that adb's shell was refused although Android gives it: a
// setting of the handset, and nothing that its apps did. It is an error.
type Refusal struct {
	What   string // INJECT_EVENTS …; users: another user's; empty: the handset does not say for want of what
	Said   string // the line in which it said so, for people; may be empty
	Silent bool   // it said nothing: the change was not there when it was looked for

	said string // all of it, as far as it is matched
	err  error
}

// Error says what was refused; of a silent refusal, what was seen instead.
func (r *Refusal) Error() string {
	if r.Silent && r.err != nil {
		return r.err.Error()
	}
	return strings.TrimSuffix(r.Cause()+": "+r.Said, ": ")
}

// Cause says so without the handset's own words.
func (r *Refusal) Cause() string {
	switch {
	case r.What == "":
		return "adb's shell is refused by a security exception"
	case r.What == users:
		return "adb's shell is refused what is another user's"
	case r.Silent:
		return "the handset takes what wants " + r.What + " from adb's shell, and does not do it"
	}
	return "adb's shell is refused " + r.What
}

// Unwrap gives the error that the refusal came with: a command's exit status, or a
// step's unmet expectation.
func (r *Refusal) Unwrap() error { return r.err }

// With gives the refusal an error that it came with.
func (r *Refusal) With(err error) *Refusal {
	r.err = err
	return r
}

// Silent is the refusal that a change shows which is not there when it is read back,
// where the command for it ended well. err is the step's error. Whether the
// handset's maker is known for it is For's to say: where it is not, err stands.
func Silent(permission string, err error) *Refusal {
	return &Refusal{What: permission, Silent: true, err: err}
}

// users is what a Refusal has for the apps of a user that the shell may not see.
const users = "users"

// most is how much of what a command says is looked at, bytes: a stack trace tells
// all in its first lines.
const most = 4 << 10

// The words by which a security exception says what is lacking, in the releases' and
// the makers' forms: see android.SecurityException.
var (
	lacking = regexp.MustCompile(`(?:nor current process has|does not have(?: permission)?|` +
		`requires:? ?(?:the caller [^.\n]{0,120} to have the )?|` +
		`due to missing|without permission|[Mm]issing|must have) ?(?:android\.permission\.)?([A-Z][A-Z_]{2,60})\b`)
	elsewhere = regexp.MustCompile(`Shell does not have permission to access user -?\d+`)
	changing  = regexp.MustCompile(`attempt to change component state`)
)

// Refused finds in what a command said, on either stream, that the shell was
// refused; nil where it was not, or where Android itself would say the same on any
// handset.
func Refused(said string) *Refusal {
	said = said[:min(len(said), most)]
	if android.SecurityException(said) < 0 || slices.ContainsFunc(known.Android, func(n natural) bool { return n.says.MatchString(said) }) {
		return nil
	}
	if at := elsewhere.FindStringIndex(said); at != nil {
		return &Refusal{What: users, Said: lineAt(said, at[0]), said: said}
	}
	for _, at := range lacking.FindAllStringSubmatchIndex(said, -1) {
		if what := said[at[2]:at[3]]; slices.Contains(known.Held, what) {
			return &Refusal{What: what, Said: lineAt(said, at[0]), said: said}
		}
	}
	if at := changing.FindStringIndex(said); at != nil {
		return &Refusal{What: "CHANGE_COMPONENT_ENABLED_STATE", Said: lineAt(said, at[0]), said: said}
	}
	return &Refusal{Said: lineAt(said, android.SecurityException(said)), said: said}
}

// Complains says whether a print-out begins as a security exception does.
func Complains(out string) bool { return android.ExceptionInPlace(out[:min(len(out), most)]) }

func lineAt(text string, at int) string {
	begin := strings.LastIndexByte(text[:at], '\n') + 1
	line, _, _ := strings.Cut(text[begin:], "\n")
	return android.ExceptionMessage(line)
}

// For gives the row that a refusal shows on a handset of a maker, by any of its
// names: one whose words it is, else one that keeps the same from the shell. A
// silent refusal shows only what the maker is known for.
func For(r *Refusal, makers ...string) (Row, bool) {
	rows := Of(makers...)
	keeps := func(row Row) bool { return slices.Contains(row.Blocks, r.What) }
	if r.Silent {
		return first(rows, func(row Row) bool { return row.Silent && len(row.Makers) > 0 && keeps(row) })
	}
	if row, ok := first(rows, func(row Row) bool { return keeps(row) && row.matches(r.said) }); ok {
		return row, true
	}
	return first(rows, func(row Row) bool { return keeps(row) && !row.onlySilent() })
}

func (r Row) onlySilent() bool { return r.Silent && len(r.Says) == 0 }

func first(rows []Row, is func(Row) bool) (Row, bool) {
	if i := slices.IndexFunc(rows, is); i >= 0 {
		return rows[i], true
	}
	return Row{}, false
}

// Remedy says what a person can do about a refusal on a handset of a maker.
func Remedy(r *Refusal, makers ...string) string {
	if row, ok := For(r, makers...); ok && row.Remedy != "" {
		return row.Todo()
	}
	return "look in the developer options for a switch that limits what USB debugging may do; Android's own shell is not refused this"
}

// Todo is the row's remedy, with what it does to what is measured.
func (r Row) Todo() string {
	if r.Remedy == "" || r.Effect == "" {
		return cmp.Or(r.Remedy, r.Effect)
	}
	return r.Remedy + "; mind that " + r.Effect
}
