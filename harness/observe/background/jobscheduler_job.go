package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// mostOfJob is how many constraints or addresses of one job are kept.
const mostOfJob = 64

// jobDetails begin the lines of a job that are without interest. Those with a colon at the end
// have lines of their own below them.
var jobDetails = []string{
	"Backoff: ",
	"Bias: ",
	"Changed ",
	"Clip data: ",
	"Constraint history:",
	"Cumulative execution time",
	"Debug tags: ",
	"Deferred since: ",
	"Doze whitelisted: ",
	"Dynamic constraints:",
	"Earliest run time: ",
	"Enqueue time: ",
	"Executing work:",
	"Extras: ",
	"Flags: ",
	"Granted URI permissions:",
	"Has early constraint",
	"Has late constraint",
	"Has media backup exemption",
	"Implicit constraints:",
	"Internal flags: ",
	"Is exempted from app standby",
	"JobInfo:",
	"Last failed run: ",
	"Last run heartbeat: ",
	"Last successful run: ",
	"Latest run time: ",
	"Max execution delay: ",
	"Minimum latency: ",
	"Minimum network chunk bytes: ",
	"Network download bytes: ",
	"Network upload bytes: ",
	"Network: ",
	"Num Dropped Flexible",
	"Num Required Flexible",
	"Num failures: ",
	"Num system stops: ",
	"Pending work:",
	"Preferred constraints:",
	"Priority: ",
	"Requires: ",
	"Restricted due to: ",
	"Run time: ",
	"Satisfied constraints:",
	"Started with foreground flag: ",
	"Time since first force batch attempt",
	"Trace tag: ",
	"Tracking:",
	"Transient extras: ",
	"Trigger max delay: ",
	"Trigger update delay: ",
	"Uid: ",
	"Unsatisfied constraints:",
	"User BG restricted",
}

// detail reads a line under a job.
func (d *jobDump) detail(t []byte, in int) {
	if d.bored > 0 && in > d.bored {
		d.Skip()
		d.last = d.Span()
		return
	}
	d.bored = 0
	switch {
	case in == 8 && d.uris:
		d.uri(t)
	case in == 4 || in == 6:
		d.uris = false
		d.field(t, in)
	}
	if d.Settled() {
		d.last = d.Span()
	}
}

func (d *jobDump) uri(t []byte) {
	_, uri, ok := bytes.Cut(t, []byte(" ")) // behind its flags
	if ok && len(d.job.TriggerURIs) < mostOfJob {
		d.job.TriggerURIs = append(d.job.TriggerURIs, string(uri))
	}
	d.Read()
}

// field reads one property of a job.
func (d *jobDump) field(t []byte, in int) {
	key, val, _ := bytes.Cut(t, []byte(":"))
	val = bytes.TrimSpace(val)
	switch string(key) {
	case "Source":
		d.source(val)
	case "Service":
		d.job.Service = d.names.Of(val)
	case "PERIODIC":
		d.job.Periodic = true
		d.job.Interval, d.job.Flex = printout.DurationValue(val, "interval"), printout.DurationValue(val, "flex")
	case "PERSISTED":
		d.job.Persisted = true
	case "Network type":
		d.job.Network = d.network(val)
	case "Required constraints":
		d.constraints(val)
	case "Standby bucket":
		d.job.Bucket = d.names.Of(val)
	case "Trigger content URIs":
		d.uris = true
	case "Ready":
		d.job.Active = bytes.Contains(val, []byte(" active=true")) || bytes.Contains(val, []byte("!active=false"))
	default:
		d.known(t, in)
		return
	}
	d.Read()
}

// known skips a line without interest, and what stands below it.
func (d *jobDump) known(t []byte, in int) {
	switch {
	case printout.HasAnyPrefix(t, jobDetails):
		if t[len(t)-1] == ':' && string(t) != "JobInfo:" {
			d.bored = in
		}
		d.Skip()
	case bytes.HasPrefix(t, []byte("ready")), bytes.Contains(t, []byte(" tag=*job*/")):
		d.Skip()
	}
}

// source reads on whose behalf a job runs: uid=10018 user=0 pkg=com.example.
func (d *jobDump) source(val []byte) {
	if v, ok := printout.QuotedValue(val, "uid"); ok {
		if uid, err := android.ParseUID(string(v)); err == nil {
			d.job.SourceUID = uid
		}
	}
	if v, ok := printout.QuotedValue(val, "pkg"); ok {
		d.job.Package = android.Package(d.names.Of(v))
	}
}

// networkTypes are JobInfo.NETWORK_TYPE_*, which Android 5 to 8 print as numbers.
var networkTypes = []string{"NONE", "ANY", "UNMETERED", "NOT_ROAMING", "METERED"}

// network names the network that a job waits for. From Android 9 it is a NetworkRequest, of
// which the capabilities are read.
func (d *jobDump) network(val []byte) string {
	if n, ok := printout.Number(val); ok && n < len(networkTypes) {
		return networkTypes[n]
	}
	if _, rest, ok := bytes.Cut(val, []byte("Capabilities: ")); ok {
		word, _ := printout.Word(rest)
		return d.names.Of(word)
	}
	return d.names.Of(val)
}

func (d *jobDump) constraints(val []byte) {
	for word, rest := printout.Word(val); len(word) > 0; word, rest = printout.Word(rest) {
		if word[0] != '[' && len(d.job.Constraints) < mostOfJob {
			d.job.Constraints = append(d.job.Constraints, d.names.Of(word))
		}
	}
}

// short reads a job of Android 5 to 6, which is one line:
//
//	418..:[com.example/.Sync,jId=1,u0,R=(00:01,none),N=1,C=false,I=false,F=0,P=true,ANI=true(READY)]
func (d *jobDump) short(t []byte) {
	service, ok := printout.Between(t, ":[", ",jId=")
	inner, closed := printout.Between(t, ",jId=", "]")
	if !ok || !closed {
		return
	}
	j := fact.Job{
		UID: android.NoUID, SourceUID: android.NoUID,
		Service: d.names.Of(bytes.TrimSuffix(bytes.TrimPrefix(service, []byte("ComponentInfo{")), []byte("}"))),
	}
	j.Package = android.Package(d.names.Of(printout.PackageOf([]byte(j.Service))))
	words := bytes.Split(inner, []byte(","))
	if j.JobID, ok = printout.Integer(words[0]); !ok {
		return
	}
	for _, w := range words[1:] {
		key, val, _ := bytes.Cut(w, []byte("="))
		switch string(key) {
		case "N":
			j.Network = d.network(val)
		case "P":
			j.Persisted = bytes.HasPrefix(val, []byte("true"))
		case "C", "I":
			if bytes.HasPrefix(val, []byte("true")) {
				j.Constraints = append(j.Constraints, map[string]string{"C": "CHARGING", "I": "IDLE"}[string(key)])
			}
		}
	}
	d.Read()
	d.emit(j, d.Span())
}
