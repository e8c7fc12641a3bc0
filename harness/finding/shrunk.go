package finding

import (
	"slices"
	"strconv"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// shrunk gives an Unknown finding where the app-ops after the steps lack a package that
// those before them have. Android forgets no package's ops while it is installed
// (AppOpsService.java, mUidStates; Android 5 to 16), so the dump was cut off, at a
// line's end and without a word; up to Android 8.0 nothing else shows that.
func (r Rule) shrunk(c *Case) []Finding {
	after := func(n Need) bool { return n.Source == appOps && n.Phase == evidence.After }
	if c.Scenario == evidence.Imported || !slices.ContainsFunc(r.Needs, after) {
		return nil
	}
	bundle := ""
	for _, v := range c.Coverage {
		if v.Source == appOps && v.Phase == evidence.After {
			bundle = v.Ref.Bundle
		}
	}
	there := map[opHolder]bool{}
	var before []seenHolder
	for _, o := range c.Observations {
		h, ok := holderIn(o.Fact)
		switch {
		case !ok || bundle == "" || o.Ref.Bundle != bundle:
		case o.Phase == evidence.After:
			there[h] = true
		case o.Phase == evidence.Before:
			before = append(before, seenHolder{h, o.Ref})
		}
	}
	for _, b := range before {
		if !there[b.opHolder] {
			return []Finding{unknown("", []evidence.Ref{b.ref},
				"%s: truncated: after the steps it lacks %s, whose ops it showed before them", appOps, b.pkg)}
		}
	}
	return tooShort(c)
}

// tooShort gives an Unknown finding where app-ops that have no end of their own, as up
// to Android 8.0, stop before the UID of an app that the steps opened. UIDs ascend in
// the dump: one that comes as far as that app's, and to some app's where it is the
// system's, shows what there is of it.
func tooShort(c *Case) []Finding {
	for _, v := range c.Coverage {
		if v.Source != appOps || v.Phase != evidence.After || v.Reading.End != "" {
			continue
		}
		through, err := strconv.Atoi(v.Reading.Through)
		for _, s := range c.steps() {
			app, known := c.who().installs[android.Package(s.Package)]
			if s.Verb != "launch" || !known || err == nil && through >= int(max(app.UID, android.FirstApplication)) {
				continue
			}
			return []Finding{unknown("", []evidence.Ref{v.Ref},
				"%s: truncated: it stops before UID %d of %s, which the steps opened: whether it is all is not known", appOps, app.UID, s.Package)}
		}
	}
	return nil
}

// opHolder is whose ops a dump shows.
type opHolder struct {
	uid android.UID
	pkg android.Package
}

type seenHolder struct {
	opHolder
	ref evidence.Ref
}

func holderIn(f fact.Fact) (opHolder, bool) {
	switch f := f.(type) {
	case fact.OpMode:
		return opHolder{f.UID, f.Package}, f.Package != ""
	case fact.OpUse:
		return opHolder{f.UID, f.Package}, true
	}
	return opHolder{}, false
}
