package finding

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/leak"
	"assay/harness/observe/fact"
)

// Only the handset's own values flag. What merely looks like an identifier makes
// the verdict Unknown, except where the handset's own of that kind are known and
// it is none of them. In a log that a property filters, nothing is clear. Lines that the harness itself causes, of the shell and of
// adbd, count for nothing.
var noIdentifierInTheLog = Rule{
	ID:          "no-identifier-in-the-log",
	Title:       "No preinstalled app writes an identifier of the handset or its owner to the log.",
	Why:         "Every preinstalled app with READ_LOGS, every bug report and everyone with a cable reads the log; an IMEI or a number in it follows the owner from app to app.",
	Remedy:      "Write no identifier, not as a digest either: a digest of fifteen digits is undone in seconds.",
	Severity:    High,
	SeverityWhy: "who reads the log can tell the owner apart in other data",
	References: []string{
		"IS 17737 (Part 4)", "ETSI TS 103 732-4", "OWASP MASVS-STORAGE-2", "OWASP MASVS-PRIVACY-2",
	},
	Scope: PerScenario,
	Needs: []Need{{Source: ownValues, Named: true}, {Source: logStream}, {Source: properties, Reads: filterProperties}},
	Check: func(c *Case) []Finding {
		var g gathered
		who := c.who()
		known := ownKinds(c)
		for _, h := range c.Hits {
			if harnessLine(h) {
				continue
			}
			writer, by := blame(who, h)
			if writer != "" && !who.preinstalled(writer) {
				continue
			}
			switch {
			case h.Certainty == leak.Certain && beyondRooms(h):
				g.cite(Unknown, writer, h.Refs(), "so many wrote the handset's own %s to the log that they are not told apart", h.Kind)
			case h.Certainty == leak.Certain:
				g.cite(Flagged, writer, h.Refs(), "%swrote the handset's own %s to the log (%s)", by, h.Kind, h.Form)
			case h.Certainty == leak.Probable && !slices.Contains(known, h.Kind):
				g.cite(Unknown, writer, h.Refs(), "%swrote what looks like an identifier (%s) to the log; whose it is, is not known", by, h.Kind)
			}
		}
		if len(known) == 0 {
			g.findings = append(g.findings, unknown("", nil, "none of the handset's own identifiers is known, so none could be looked for"))
		}
		g.findings = append(g.findings, filtered(c)...)
		if len(g.findings) == 0 {
			return []Finding{lookedFor(c, known)}
		}
		return g.findings
	},
}

// ownKinds lists the kinds of identifier that the handset gave of itself and that
// can be searched for.
func ownKinds(c *Case) []string {
	var kinds []string
	for id := range fact.Of[fact.Identifier](c.Observations) {
		if leak.Searchable(leak.Identifier{Type: id.Type, Value: id.Value}) && !slices.Contains(kinds, id.Type) {
			kinds = append(kinds, id.Type)
		}
	}
	return kinds
}

// harnessLine says whether the harness caused the entry: adbd and the shell write
// what they are asked.
func harnessLine(h leak.Hit) bool { return h.UID == android.Shell || h.Tag == "adbd" }

// beyondRooms says whether a hit sums up writers that are not told apart: some may
// be apps that the user installed.
func beyondRooms(h leak.Hit) bool {
	return h.Masked == leak.Others && h.UID == android.NoUID && h.PID < 0
}

// blame names the package that wrote an entry. A part of the system is no
// package: the handset as a whole wrote it, and words say which part.
func blame(who *roster, h leak.Hit) (p android.Package, by string) {
	owner, tag := who.owner(h.UID, h.PID), "tag "+h.Tag
	if h.Masked == leak.Others {
		tag = "further tags"
	}
	switch {
	case owner == "":
		return "", fmt.Sprintf("somebody (%s) ", tag)
	case strings.HasPrefix(string(owner), "uid "):
		return "", fmt.Sprintf("%s (%s) ", owner, tag)
	case strings.HasPrefix(string(owner), "pid "):
		return "", fmt.Sprintf("an unknown process (%s) ", tag)
	}
	return owner, ""
}
