package finding

import (
	"cmp"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// filterProperties decide which entries logd takes at all, whatever their tag
// (system/logging liblog/properties.cpp __android_log_is_loggable_len; system/core
// before Android 11): the first letter of a level, of which V keeps all. Makers ship
// S (nothing), M, which AOSP does not know, and levels between.
var filterProperties = reads{"persist.log.tag", "log.tag"}

// filtered gives an Unknown finding for each property that keeps entries out of the
// log: what an app wrote below that level nobody can read, here. A property for one tag
// alone is the app's own matter, and is not looked at.
func filtered(c *Case) []Finding {
	var found []Finding
	for _, key := range filterProperties {
		value, ref, ok := filterProperties.value(c, key)
		if !ok || value == "" || strings.EqualFold(value[:1], "V") {
			continue
		}
		kept := "none but entries of level " + strings.ToUpper(value[:1]) + " and above are written to it"
		if level := strings.ToUpper(value[:1]); !strings.Contains("DIWEFA", level) {
			kept = cmp.Or(map[string]string{"S": "nothing is written to it"}[level], "what is written to it is not known")
		}
		found = append(found, unknown("", []evidence.Ref{ref}, "the log is filtered: %s is %s, so %s", key, value, kept))
	}
	return found
}

// lookedFor is what a clear log was searched for: the handset's own identifiers, by
// kind, and where they and the log stand.
func lookedFor(c *Case, known []string) Finding {
	var grounds []evidence.Ref
	for _, v := range c.Coverage {
		if v.Source == ownValues || v.Source == logStream {
			grounds = append(grounds, v.Ref)
		}
	}
	missing := ""
	for _, kind := range []string{"android_id", "iccid", "imei", "mac", "number", "serial"} {
		if !slices.Contains(known, kind) {
			missing += ", " + kind
		}
	}
	if missing != "" {
		missing = "; not known, and not looked for: " + strings.TrimPrefix(missing, ", ")
	}
	return cleared(grounds, "none of the handset's own identifiers (%s) stands in the log%s", strings.Join(known, ", "), missing)
}
