package fault

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads a fault as the command line writes it: a kind, then what it
// needs, then more settings, with colons between:
//
//	unauthorized            offline:back=3          slow:1024
//	silent:dumpsys appops   cut:5000                cut:5000:logcat
//	unplugged:after=40      unplugged:match=am start:for=10s
//	clock:-24h:after=3      locale:ar-EG            overlay:sim:match=am start
//
// The settings are after, back, by, bytes, count, for, match, rate, says, scope,
// skip, times and what (see Fault); Faults lists which of them a kind heeds, and which it
// takes without a name. A match is the second value without a name. A value may
// hold colons as long as what follows them does not begin with the name of a
// setting and an equals sign.
func Parse(text string) (Fault, error) {
	kind, rest, _ := strings.Cut(text, ":")
	row := rowOf(Kind(kind))
	if row.Kind == "" {
		return Fault{}, fmt.Errorf("fault %q: unknown kind %q; kinds are %s", text, kind, kindNames())
	}
	f := Fault{Kind: row.Kind}
	unnamed := 0
	for _, setting := range splitSettings(rest) {
		name, value, named := cutSetting(setting)
		if !named {
			name, value = unnamedSetting(row, unnamed), setting
			unnamed++
		}
		if !slices.Contains(row.Settings, name) {
			return Fault{}, fmt.Errorf("fault %q: %q is no setting of %s; settings are %s", text, setting, kind, strings.Join(row.Settings, ", "))
		}
		if err := f.set(name, value); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if row.needs != "" && f.Rate == 0 && f.By == 0 && f.What == "" {
		return Fault{}, fmt.Errorf("fault %q: needs %s", text, row.needs)
	}
	if err := cmp.Or(f.checkWhat(), f.checkScope()); err != nil {
		return Fault{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return f, nil
}

func kindNames() string {
	var names []string
	for _, r := range table {
		names = append(names, string(r.Kind))
	}
	return strings.Join(names, ", ")
}

var settingNames = []string{"after", "back", "by", "bytes", "count", "for", "match", "rate", "says", "scope", "skip", "times", "what"}

// cutSetting reads "name=value" where name is that of a setting.
func cutSetting(s string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(s, "=")
	return name, value, ok && slices.Contains(settingNames, name)
}

// splitSettings splits at colons, but keeps a value's own colons in it.
func splitSettings(text string) []string {
	if text == "" {
		return nil
	}
	var found []string
	for _, piece := range strings.Split(text, ":") {
		_, _, named := cutSetting(piece)
		previous := len(found) - 1
		if previous >= 0 && !named && !isNumber(found[previous]) {
			found[previous] += ":" + piece
			continue
		}
		found = append(found, piece)
	}
	return found
}

func isNumber(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

// unnamedSetting is what the nth value without a name sets: first what the kind
// needs, then the match.
func unnamedSetting(row Row, n int) string {
	switch {
	case n == 0:
		return row.Argument
	case n == 1 && row.Argument != "match" && row.Argument != "":
		return "match"
	}
	return ""
}

// set reads one setting's value.
func (f *Fault) set(name, value string) error {
	switch name {
	case "match", "says", "scope", "what":
		if value == "" {
			return fmt.Errorf("%s is empty", name)
		}
		*map[string]*string{"match": &f.Match, "says": &f.Says, "scope": &f.Scope, "what": &f.What}[name] = value
		return nil
	case "by", "for":
		d, err := time.ParseDuration(value)
		if err != nil || d == 0 || d < 0 && name == "for" {
			return fmt.Errorf("%s: %q is no time such as 10s", name, value)
		}
		*map[string]*time.Duration{"by": &f.By, "for": &f.For}[name] = d
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 40)
	if err != nil || n < 0 || n == 0 && name == "rate" {
		return fmt.Errorf("%s: %q is no number of that kind", name, value)
	}
	switch name {
	case "after":
		f.After = int(n)
	case "back":
		f.Back = int(n)
	case "bytes":
		f.AfterBytes = n
	case "count":
		f.Count = n
	case "rate":
		f.Rate = n
	case "skip":
		f.Skip = int(n)
	case "times":
		f.Times = int(n)
	}
	return nil
}

// checkWhat refuses a WHAT that its kind cannot do anything with.
func (f Fault) checkWhat() error {
	switch {
	case f.Kind == Keyguard && f.What != "" && f.What != "secure":
		return fmt.Errorf("%q is no keyguard; there is secure", f.What)
	case f.Kind == Overlay && WindowNamed(f.What) == nil:
		return fmt.Errorf("%q is no window; there are battery, harmful, install, oem, sim, update, usb, or give PACKAGE/CLASS", f.What)
	case f.Kind == Mute && !slices.Contains([]string{"", "newline", "first-line"}, f.What):
		return fmt.Errorf("%q is nothing that a mute command prints; there are newline and first-line, and without it nothing", f.What)
	case f.Kind == Refused && refusals[f.What] == nil:
		return fmt.Errorf("%q is no form of a refusal; there are change, denied, ignored, inject and user", f.What)
	case f.Kind == LogFilter:
		_, _, err := f.LogProperty()
		return err
	}
	return nil
}

// checkScope refuses a SCOPE that there is not, and a share of output that is all
// of it.
func (f Fault) checkScope() error {
	switch {
	case !slices.Contains([]string{"", ScopeInside, ScopeScript}, f.Scope):
		return fmt.Errorf("%q is no scope; there are %s and %s, and without it each program that matches", f.Scope, ScopeInside, ScopeScript)
	case f.Kind == CutLines && f.Count > 99:
		return fmt.Errorf("count: %d percent is all of it; give 1 to 99", f.Count)
	}
	return nil
}

// String is the fault as Parse reads it.
func (f Fault) String() string {
	text := string(f.Kind)
	add := func(name string, n int64) {
		if n != 0 {
			text += fmt.Sprintf(":%s=%d", name, n)
		}
	}
	add("after", int64(f.After))
	add("back", int64(f.Back))
	add("bytes", f.AfterBytes)
	add("count", f.Count)
	add("rate", f.Rate)
	add("skip", int64(f.Skip))
	add("times", int64(f.Times))
	if f.By != 0 {
		text += ":by=" + f.By.String()
	}
	if f.For != 0 {
		text += ":for=" + f.For.String()
	}
	if f.Scope != "" {
		text += ":scope=" + f.Scope
	}
	if f.Says != "" {
		text += ":says=" + f.Says
	}
	if f.What != "" {
		text += ":what=" + f.What
	}
	if f.Match != "" {
		text += ":match=" + f.Match
	}
	return text
}
