package finding

import (
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
)

// Judgement is everything that a run's evidence says: what reports tabulate.
// The same evidence gives the same Judgement, byte for byte.
type Judgement struct {
	Run      string        `json:"run"` // the run's name
	Taken    time.Time     `json:"taken"`
	Tool     string        `json:"tool"` // version that took the evidence
	Models   []Model       `json:"models"`
	Jobs     []Job         `json:"jobs"`
	Findings []Finding     `json:"findings"` // by brand, model, rule, package, verdict
	Grants   []GrantRow    `json:"grants"`
	Uses     []UseRow      `json:"uses"`
	Leaks    []LeakRow     `json:"leaks"`
	Coverage []CoverageRow `json:"coverage"`
	Missing  []Missing     `json:"missing"`            // handsets of the inventory that could not be used
	Problems []string      `json:"problems,omitempty"` // bundles that could not be read
}

// Model is one row of the headline table: a model of a brand, with one build.
type Model struct {
	Brand    string            `json:"brand"`
	Model    string            `json:"model"`
	Build    string            `json:"build"` // android.Build's ID; empty where no handset of the row said which
	Release  string            `json:"release"`
	Notice   string            `json:"notice,omitempty"` // android.PropNotice: "virtual: …"
	Handsets []android.Handset `json:"handsets"`
	Cells    map[string]Cell   `json:"cells"` // by rule ID
}

// Cell sums up one rule on one model.
type Cell struct {
	Verdict Verdict        `json:"verdict"`
	Flagged int            `json:"flagged"`           // distinct packages (or handsets) flagged
	Worst   Severity       `json:"worst,omitempty"`   // of what is flagged
	Unknown []string       `json:"unknown,omitempty"` // why some of it is unknown, also where Verdict is Flagged
	ToKnow  []string       `json:"to_know,omitempty"` // what a person can do about each
	Grounds []evidence.Ref `json:"grounds"`
}

// Job is one scenario owed on one handset, and what became of it.
type Job struct {
	Handset   android.Handset  `json:"handset"`
	Scenario  string           `json:"scenario"`
	Repeat    int              `json:"repeat"`
	Attempt   int              `json:"attempt"`
	Bundle    string           `json:"bundle,omitempty"`
	Outcome   evidence.Outcome `json:"outcome"`
	Unstable  []string         `json:"unstable,omitempty"` // how an earlier finished attempt differed
	Changes   []string         `json:"changes,omitempty"`  // of state, made by the harness
	NotUndone []string         `json:"not_undone,omitempty"`
	Dialogs   []Dialog         `json:"dialogs,omitempty"` // that stood in front in the last attempt
	Moved     string           `json:"moved,omitempty"`   // the handset of its model and build that played the job in its place
}

// GrantRow is who holds which sensitive permission, and how it came by it. What a
// shared user holds is one row.
type GrantRow struct {
	Handset    android.Handset    `json:"handset"`
	Package    android.Package    `json:"package"` // or "shared user NAME", whose packages all hold it
	User       int                `json:"user"`
	Permission android.Permission `json:"permission"`
	Granted    bool               `json:"granted"`
	How        string             `json:"how"` // user, default, system-fixed, policy, role, install, unknown
	Flags      []string           `json:"flags,omitempty"`
	Ref        evidence.Ref       `json:"ref"`
	Sharing    *Sharing           `json:"sharing,omitempty"` // nil for a package with a UID of its own
}

// Sharing is who in a shared user requests a permission in its manifest. Only
// dumps of single packages tell. The lists hold the first few dozen.
type Sharing struct {
	User         string            `json:"shared_user"`
	Members      int               `json:"members"` // known, and installed for the Android user
	Requested    []android.Package `json:"requested_by,omitempty"`
	NotRequested []android.Package `json:"not_requested_by,omitempty"`
	Unknown      []android.Package `json:"unknown_of,omitempty"`
}

// UseRow is which package used which op, in which state, in which scenario.
type UseRow struct {
	Handset  android.Handset `json:"handset"`
	Scenario string          `json:"scenario"`
	Package  android.Package `json:"package"`
	Op       android.Op      `json:"op"`
	State    android.State   `json:"state"`
	Rejected bool            `json:"rejected"`
	Count    int             `json:"count"` // entries of the dump; Android keeps only the last use of each
	Ref      evidence.Ref    `json:"ref"`
}

// LeakRow is which package wrote which identifier to the log.
type LeakRow struct {
	Handset   android.Handset `json:"handset"`
	Scenario  string          `json:"scenario"`
	Package   android.Package `json:"package"` // or "uid 1000", "pid 812" where no package is known
	Kind      string          `json:"kind"`
	Certainty string          `json:"certainty"`
	Masked    string          `json:"masked"`
	Tag       string          `json:"tag"`
	Count     int             `json:"count"`
	Ref       evidence.Ref    `json:"ref"` // the first
}

// CoverageRow is what one source saw on one handset in one scenario.
type CoverageRow struct {
	Handset  android.Handset `json:"handset"`
	Scenario string          `json:"scenario"`
	Source   string          `json:"source"`
	Phase    evidence.Phase  `json:"phase"`
	State    evidence.State  `json:"state"`
	Reason   string          `json:"reason,omitempty"`
	Captures int             `json:"captures"` // how many this row sums up
	Facts    int             `json:"facts"`
	Lines    int             `json:"lines"`
	Unread   int             `json:"unread"`
	Ref      evidence.Ref    `json:"ref"`
}

// Missing is a handset that the inventory lists and the run could not use.
type Missing struct {
	Handset android.Handset `json:"handset"`
	State   string          `json:"state"` // unauthorized, offline, missing, ambiguous, booting …
	Cause   string          `json:"cause"`
	Remedy  string          `json:"remedy"`
}
