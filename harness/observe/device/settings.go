package device

import (
	"bytes"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Settings reads a namespace of settings.
var Settings = printout.Parser{
	Source: "settings",
	Parse:  parseSettings,
	Needs: "frameworks/base packages/SettingsProvider SettingsService.java and cmds/settings SettingsCmd.java (settings list), " +
		"cmds/content Content.java (content query), Android 5 to 16",
}

var settingsNamespaces = map[string]bool{"global": true, "secure": true, "system": true}

// settingsReader reads settings list NAMESPACE, k=v, or content query --uri
// content://settings/NAMESPACE, Row: N _id=…, name=…, value=…. In both a value may span lines,
// and only the next entry shows where it ends.
type settingsReader struct {
	*printout.Lines
	emit    printout.Emit
	setting fact.Setting
	value   []byte
	span    evidence.Span
	open    bool
	strange bool // begins with something else: not a list of settings
}

func parseSettings(in printout.Input, emit printout.Emit) error {
	r := &settingsReader{Lines: in.Lines, emit: emit, setting: fact.Setting{Namespace: in.Subject}}
	r.strange = !settingsNamespaces[in.Subject] // k=v alone does not say which list it is from
	for r.Next() {
		t := r.Text()
		if key, value, ok := settingIn(t); ok && !r.strange {
			r.close()
			r.setting.Key, r.value = string(key), append(r.value[:0], value...)
			r.span, r.open = r.Span(), true
			r.Read()
			continue
		}
		if bytes.HasPrefix(t, []byte("No result found.")) {
			r.Cover(evidence.Coverage{State: evidence.Empty})
			r.Read()
			continue
		}
		if r.Refused() {
			r.close()
			continue
		}
		r.strange = r.strange || !r.open && len(t) > 0
		if r.open && len(r.value)+len(t) < mostValue {
			r.value = append(append(r.value, '\n'), t...)
			r.span = printout.JoinSpans(r.span, r.Span())
			r.Read()
		}
	}
	r.close()
	return nil
}

func (r *settingsReader) close() {
	if r.open {
		r.open = false
		r.setting.Value = string(bytes.TrimRight(r.value, "\n"))
		r.emit(r.setting, r.span)
	}
}

// settingIn reads the first line of an entry.
func settingIn(t []byte) (key, value []byte, ok bool) {
	if rest, isRow := bytes.CutPrefix(t, []byte("Row: ")); isRow {
		_, rest, ok = bytes.Cut(rest, []byte("name="))
		if !ok {
			return nil, nil, false
		}
		key, value, ok = bytes.Cut(rest, []byte(", value="))
		if string(value) == "NULL" {
			value = nil
		}
		return key, value, ok && settingKey(key)
	}
	key, value, ok = bytes.Cut(t, []byte("="))
	return key, value, ok && settingKey(key)
}

// settingKey says whether a word can be a setting's name. Some hold a MAC
// address, or a component.
func settingKey(b []byte) bool {
	if len(b) == 0 || len(b) > printout.LongestName || bytes.HasPrefix(b, []byte("package:")) {
		return false
	}
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', bytes.IndexByte([]byte("_.-:+#$"), c) >= 0:
		default:
			return false
		}
	}
	return true
}
