package packages

import (
	"bytes"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// ExportedComponents reads which components answer an intent, and what guards them.
var ExportedComponents = printout.Parser{
	Source: "exported-components",
	Parse:  parseExportedComponents,
	Needs: "cmd package query-activities, query-services and query-receivers INTENT, with --brief or without, below @@ activities INTENT, " +
		"@@ services INTENT and @@ receivers INTENT: services/core com/android/server/pm/PackageManagerShellCommand.java " +
		"runQueryIntentActivities, -Services, -Receivers and printResolveInfo, core " +
		"android/content/pm/{ResolveInfo,ComponentInfo,ActivityInfo,ServiceInfo,ApplicationInfo}.java dump, Android 7 to 16; from source only, " +
		"but for ServiceInfo, which dumpsys input_method prints too",
}

func parseExportedComponents(in printout.Input, emit printout.Emit) error {
	r := &componentDump{Lines: in.Lines}
	var asked fact.Component
	r.say = func(a answered, span evidence.Span) {
		c := asked
		c.Package, c.UID, c.Name, c.Priority, c.Exported, c.Permission = a.pkg, a.uid, a.component, a.priority, a.exported, a.permission
		emit(c, span)
	}
	for r.Next() {
		t := bytes.TrimSpace(r.Text())
		question, marked := bytes.CutPrefix(t, []byte("@@ "))
		if marked {
			if c, kind, ok := intentOf(question); ok {
				r.ask(kind, string(question))
				asked = c
				continue
			}
		}
		if r.question != "" && len(t) > 0 {
			r.line(t)
			continue
		}
		r.Settle()
	}
	r.settle(true)
	return nil
}

// intentOf reads what was asked about: activities -a ACTION -c CATEGORY -d DATA -t TYPE.
func intentOf(question []byte) (fact.Component, componentKind, bool) {
	word, rest := printout.Word(question)
	var c fact.Component
	var kind componentKind
	switch string(word) {
	case "activities":
		c.Component, kind = "activity", activitiesFound
	case "services":
		c.Component, kind = "service", servicesFound
	case "receivers":
		c.Component, kind = "receiver", receiversFound
	default:
		return c, kind, false
	}
	for len(rest) > 0 {
		var option []byte
		option, rest = printout.Word(rest)
		word, rest = printout.Word(rest)
		if len(word) == 0 || len(word) > printout.LongestName {
			return c, kind, false
		}
		switch string(option) {
		case "-a":
			c.Action = string(word)
		case "-c":
			c.Category = string(word)
		case "-d":
			c.Data = string(word)
		case "-t":
			c.Type = string(word)
		default:
			return c, kind, false
		}
	}
	return c, kind, printout.IsName([]byte(c.Action))
}
