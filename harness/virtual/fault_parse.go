package virtual

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseFault reads a fault as the command line writes it: a kind, then what it
// needs, then more settings, with colons between:
//
//	unauthorized            offline:back=3          slow:1024
//	silent:dumpsys appops   cut:5000                cut:5000:logcat
//	unplugged:after=40      unplugged:match=am start:for=10s
//
// The settings are after, match, bytes, rate, times, back and for (see Fault). A
// value may hold colons as long as what follows them does not begin with the
// name of a setting and an equals sign.
func ParseFault(text string) (Fault, error) {
	kind, rest, _ := strings.Cut(text, ":")
	row := rowOf(FaultKind(kind))
	if row.kind == "" {
		return Fault{}, fmt.Errorf("fault %q: unknown kind %q; kinds are %s", text, kind, kindNames())
	}
	f := Fault{Kind: row.kind}
	settings := splitSettings(rest)
	unnamed := 0
	for _, setting := range settings {
		name, value, named := cutSetting(setting)
		if !named {
			if name = unnamedSetting(row, unnamed); name == "" {
				return Fault{}, fmt.Errorf("fault %q: %q is no setting of %s; settings are %s", text, setting, kind, strings.Join(settingNames, ", "))
			}
			value = setting
			unnamed++
		}
		if err := f.set(name, value); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if f.Kind == Slow && f.Rate == 0 {
		return Fault{}, fmt.Errorf("fault %q: needs a rate in bytes a second: slow:1024", text)
	}
	return f, nil
}

func kindNames() string {
	var names []string
	for _, r := range faultRows {
		names = append(names, string(r.kind))
	}
	return strings.Join(names, ", ")
}

var settingNames = []string{"after", "back", "bytes", "for", "match", "rate", "times"}

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
func unnamedSetting(row faultRow, n int) string {
	switch {
	case n == 0 && row.argument != "":
		return row.argument
	case n == 1 && row.argument != "match" && row.argument != "":
		return "match"
	}
	return ""
}

func (f *Fault) set(name, value string) error {
	if name == "match" {
		if value == "" {
			return fmt.Errorf("match is empty")
		}
		f.Match = value
		return nil
	}
	if name == "for" {
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 {
			return fmt.Errorf("for: %q is no time such as 10s", value)
		}
		f.For = d
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
	case "rate":
		f.Rate = n
	case "times":
		f.Times = int(n)
	}
	return nil
}

// String is the fault as ParseFault reads it.
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
	add("rate", f.Rate)
	add("times", int64(f.Times))
	if f.For != 0 {
		text += ":for=" + f.For.String()
	}
	if f.Match != "" {
		text += ":match=" + f.Match
	}
	return text
}
