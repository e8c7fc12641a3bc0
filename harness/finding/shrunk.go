package finding

import (
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe"
)

// shrunk gives an Unknown finding where the app-ops after the steps lack a package that
// those before them have. Android forgets no package's ops while it is installed
// (AppOpsService.java, mUidStates; Android 5 to 16), so the dump was cut off, at a
// line's end and without a word; up to Android 8.0 nothing else shows that.
func (r Rule) shrunk(c *Case) []Finding {
	if !slices.ContainsFunc(r.Needs, func(n Need) bool { return n.Source == appOps && n.Phase == evidence.After }) {
		return nil
	}
	bundle := c.window().bundle
	after := map[opHolder]bool{}
	var before []seenHolder
	for _, o := range c.Observations {
		h, ok := holderIn(o.Fact)
		switch {
		case !ok || bundle == "" || o.Ref.Bundle != bundle:
		case o.Phase == evidence.After:
			after[h] = true
		case o.Phase == evidence.Before:
			before = append(before, seenHolder{h, o.Ref})
		}
	}
	for _, b := range before {
		if !after[b.opHolder] {
			return []Finding{unknown("", []evidence.Ref{b.ref},
				"%s: truncated: after the steps it lacks %s, whose ops it showed before them", appOps, b.pkg)}
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

func holderIn(f observe.Fact) (opHolder, bool) {
	switch f := f.(type) {
	case observe.OpMode:
		return opHolder{f.UID, f.Package}, f.Package != ""
	case observe.OpUse:
		return opHolder{f.UID, f.Package}, true
	}
	return opHolder{}, false
}
