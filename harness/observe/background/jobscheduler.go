package background

import (
	"bytes"
	"strconv"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysJobscheduler reads which jobs are scheduled, and by whom.
var DumpsysJobscheduler = printout.Parser{
	Source: "dumpsys-jobscheduler",
	Parse:  parseJobs,
	Needs: "com/android/server/job/JobSchedulerService.java dumpInternal and controllers/JobStatus.java dump; " +
		"services/core to Android 10, apex/jobscheduler from 11; Android 5 to 16, and ColorOS 11, which prints the first line of each job alone",
}

// jobDump reads dumpsys jobscheduler. Its headings are not indented. The jobs stand below
// "Registered … jobs:", the state of the controllers below other headings.
type jobDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	section jobSection
	job     fact.Job
	first   evidence.Span
	last    evidence.Span
	open    bool
	uris    bool // under Trigger content URIs:
	bored   int  // how far the heading without interest is indented whose lines are skipped; 0: none
}

type jobSection int

const (
	unknownJobs jobSection = iota
	registeredJobs
	otherJobs
)

func parseJobs(in printout.Input, emit printout.Emit) error {
	d := &jobDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := d.Text()
		switch in := printout.Indent(t); {
		case in == len(t):
			d.close()
			d.Skip()
		case in == 0:
			d.margin(t)
		case d.section == registeredJobs:
			d.line(t[in:], in)
		case d.section == otherJobs, in == 2 && string(t[2:]) == "Settings:":
			d.section = otherJobs // up to Android 8 the settings are indented
			d.Skip()
		}
	}
	if d.open {
		d.Cut("the dump ends within job " + strconv.Itoa(d.job.JobID) + " of " + d.job.UID.String())
	}
	return nil
}

// jobHeadings begin the lines that are not indented: headings, and lines of a word or two.
var jobHeadings = []string{
	"Active jobs:",
	"Alarms (",
	"Alarms: ",
	"AppIdle: ",
	"Batt.",
	"Battery charging: ",
	"Battery not low: ",
	"Battery: ",
	"Blocked Packages",
	"Cached UID->package map:",
	"Concurrency:",
	"Conn.",
	"Connectivity.",
	"Connectivity: ",
	"Content:",
	"CountQuotaTracker:",
	"Current stats at ",
	"DeviceIdleJobsController",
	"Historical stats at ",
	"Idle contexts (",
	"Idle: ",
	"In boot pressure level ",
	"In parole?: ",
	"In thermal throttling?: ",
	"Last ",
	"Media Cloud Providers: ",
	"Next deadline alarm in ",
	"Next delay alarm in ",
	"No jobs scheduled.",
	"Pending",
	"PersistStats: ",
	"QuotaTracker:",
	"Recently completed jobs:",
	"Running for: ",
	"Settings:",
	"Stable power: ",
	"Started users: ",
	"Storage: ",
	"Thermal status: ",
	"Tracking ",
	"Tracking:",
	"Uid bias overrides:",
	"Uid capabilities:",
	"Uid priority overrides:",
	"Uid proc states:",
	"cache jobs",
	"connected: ",
	"mMaxActiveJobs=",
	"mReadyToRock=",
	"mReportedActive=",
}

// margin reads a line that is not indented. Each controller has a heading of its own, also those
// that makers add.
func (d *jobDump) margin(t []byte) {
	switch {
	case bytes.HasPrefix(t, []byte("Registered ")) && bytes.HasSuffix(t, []byte("jobs:")):
		d.close()
		d.section = registeredJobs
		d.Skip()
	case printout.HasAnyPrefix(t, jobHeadings), bytes.HasSuffix(t, []byte("Controller:")):
		d.close()
		d.section = otherJobs
		d.Skip()
	case d.section == otherJobs && hashes(t):
		d.Skip()
	case d.SettleAtMargin() && d.section == registeredJobs:
	default:
		d.close()
		d.section = unknownJobs
	}
}

// hashes says whether a line lists jobs by the hashes of their objects, as
// Android 5 and 6 do: 123456789,30 or 418..: C=true, UM=false.
func hashes(t []byte) bool {
	hash, _, short := bytes.Cut(t, []byte("..: "))
	if _, ok := printout.Integer(hash); short && ok {
		return true
	}
	return len(bytes.Trim(t, "0123456789,-")) == 0
}

// line reads a line under Registered … jobs:.
func (d *jobDump) line(t []byte, in int) {
	switch {
	case in == 2 && bytes.HasPrefix(t, []byte("JOB ")):
		d.close()
		d.head(t[len("JOB "):])
	case in == 2 && string(t) == "None.":
		d.Skip()
	case in == 2 && bytes.Contains(t, []byte(",jId=")):
		d.close()
		d.short(t)
	case in == 2 && d.StrayBefore() != printout.NoStray: // the heading of another section
		d.close()
		d.section = unknownJobs
	case d.open:
		d.detail(t, in)
	}
}

// head reads the first line of a job:
//
//	#u0a44/20: 1a88906 com.google.android.gms/.tron.CollectionService
//	usagestats_mapping:1000/0: 4dd010f @usagestats_mapping@android/…      from Android 14
func (d *jobDump) head(t []byte) {
	namespace, rest, ok := bytes.Cut(t, []byte(":"))
	if numbered, is := bytes.CutPrefix(t, []byte("#")); is {
		namespace, rest = nil, numbered
	}
	id, rest, headed := bytes.Cut(rest, []byte(": "))
	caller, number, numbered := bytes.Cut(id, []byte("/"))
	uid, err := android.ParseUID(string(caller))
	jobID, isNumber := printout.Integer(number)
	if !ok || !headed || !numbered || !isNumber || err != nil {
		return
	}
	_, name := printout.Word(rest) // behind the object's hash
	name = bytes.TrimLeft(name, " ")
	d.job = fact.Job{UID: uid, JobID: jobID, Namespace: d.names.Of(namespace), SourceUID: android.NoUID}
	if name, isNamed := bytes.CutPrefix(name, []byte("@")); isNamed {
		_, component, _ := bytes.Cut(name, []byte("@"))
		d.named(component)
	} else {
		d.named(name)
	}
	d.open, d.first, d.last = true, d.Span(), d.Span()
	d.uris, d.bored = false, 0
	d.Read()
}

// named reads the name of a job: its service, or authority/account type/account:scheduler of a
// sync. For whom a sync runs, the line Source says.
func (d *jobDump) named(name []byte) {
	if bytes.IndexByte(name, ':') < 0 {
		d.job.Service = d.names.Of(name)
		d.job.Package = android.Package(d.names.Of(printout.PackageOf(name)))
		return
	}
	if authority, rest, ok := bytes.Cut(name, []byte("/")); ok {
		kind, _, _ := bytes.Cut(rest, []byte("/"))
		d.job.Tag = string(authority) + "/" + string(kind)
	}
}

// close emits the job whose block has ended.
func (d *jobDump) close() {
	if d.open {
		d.open = false
		d.emit(d.job, printout.JoinSpans(d.first, d.last))
	}
}
