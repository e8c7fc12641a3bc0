package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// mostClients is how many of the processes bound to one service are kept.
const mostClients = 64

// serviceFields begin the lines of a record that are without interest.
var serviceFields = []string{
	" pendingConnectionGroup=",
	"allow", // allowUiJobScheduling, allowStartForeground and others, which grow with each release
	"app=null",
	"baseDir=",
	"callerPackage=null",
	"dataDir=",
	"delayed=",
	"destroying=false",
	"executeNesting=",
	"executingStart=",
	"getFgsAllow",
	"hasBindingWhitelistingBgActivityStarts=",
	"hasStartedWhitelistingBgActivityStarts=",
	"infoAllowStartForeground=",
	"isSdkSandbox=",
	"isolatedProc=",
	"isolationHostProc=",
	"lastTopAlmostPerceptibleBindRequestUptimeMs=",
	"mAllow",
	"mBackgroundStartPrivileges",
	"mInfo",
	"mIsAllowedBgActivityStarts",
	"mIsFgsDelegate=",
	"mStartForegroundCount=",
	"recentCallingUid=",
	"resDir=",
	"restartCount=",
	"sdkSandbox",
	"serviceDelayed=",
	"startCommandResult=",
	"startForegroundCount=",
	"targetSdkVersion=",
	"useNew",
	"whitelistManager=",
}

// serviceGroups are the headings within a record. Their lines are indented as far as they are,
// or deeper.
var serviceGroups = []string{
	"All Connections:",
	"Bindings:",
	"Delivered Starts:",
	"Pending Starts:",
}

// field reads a line of a record.
func (d *serviceDump) field(t []byte, in int) {
	key, val, _ := bytes.Cut(t, []byte("="))
	switch string(key) {
	case "intent":
		if !d.nested {
			d.intent(val)
		}
	case "packageName":
		d.service.Package = android.Package(d.names.Of(val))
	case "processName":
		d.service.Process = d.names.Of(val)
	case "permission":
		d.service.Permission = d.names.Of(val)
	case "app":
		d.process(val)
	case "isForeground":
		d.service.Foreground = bytes.HasPrefix(val, []byte("true"))
		if types, ok := printout.QuotedValue(val, "types"); ok {
			d.service.Types = d.names.Of(types)
		}
	case "createTime", "lastActivity":
		d.times(t)
	case "startRequested":
		d.service.StartRequested = bytes.HasPrefix(val, []byte("true"))
	case "recentCallingPackage", "callerPackage": // the latter is MIUI 10's
		d.caller(val)
	case "destroying":
		d.service.BeingDestroyed = bytes.HasPrefix(val, []byte("true"))
	default:
		d.rest(t, in)
		return
	}
	d.last = d.Span()
	d.Read()
}

// rest is for the lines of a record that field does not read.
func (d *serviceDump) rest(t []byte, in int) {
	client, isClient := bytes.CutPrefix(t, []byte("* Client AppBindRecord{"))
	switch {
	case isClient:
		d.client(client)
		d.Read()
	case printout.HasAnyPrefix(t, serviceGroups):
		d.nested = true
		d.Skip()
	case d.nested && (in > 4 || t[0] == '*' || t[0] == '#'), printout.HasAnyPrefix(t, serviceFields):
		d.Skip()
	default:
		return
	}
	d.last = d.Span()
}

// intent reads the action of {act=… cat=[…] cmp=…}.
func (d *serviceDump) intent(val []byte) {
	if act, ok := printout.QuotedValue(bytes.Trim(val, "{}"), "act"); ok {
		d.service.Action = d.names.Of(act)
	}
}

// process reads ProcessRecord{hash 7980:com.example:remote/u0a14}, or null.
func (d *serviceDump) process(val []byte) {
	pid, uid, name, ok := processRecord(val)
	if ok {
		d.service.PID, d.service.UID = pid, uid
		d.told(pid, uid, name, false)
	}
}

// times reads when the service was made and last used. Android 5 and 6 give
// both on one line.
func (d *serviceDump) times(t []byte) {
	if _, ok := printout.AfterKey(t, "createTime"); ok {
		d.service.Create = -printout.DurationValue(t, "createTime")
	}
	if _, ok := printout.AfterKey(t, "lastActivity"); ok {
		d.service.LastActivity = -printout.DurationValue(t, "lastActivity")
	}
	if v, ok := printout.QuotedValue(t, "createdFromFg"); ok {
		d.service.CreatedFromFg = string(v) == "true"
	}
}

func (d *serviceDump) caller(val []byte) {
	if string(val) != "null" {
		d.service.StartedBy = android.Package(d.names.Of(val))
	}
}

func (d *serviceDump) client(t []byte) {
	pid, uid, name, ok := processRecord(t)
	if ok && len(d.service.Clients) < mostClients {
		d.service.Clients = append(d.service.Clients, d.names.Of(name))
		d.told(pid, uid, name, true)
	}
}

// told emits a process that the record names on this line.
func (d *serviceDump) told(pid int, uid android.UID, name []byte, bound bool) {
	s := d.service
	d.emit(fact.ServiceProcess{Service: s.Service, User: s.User, PID: pid, UID: uid, Process: d.names.Of(name), Bound: bound}, d.Span())
}

// processRecord reads ProcessRecord{hash pid:process/uid} (ProcessRecord.toString).
func processRecord(t []byte) (pid int, uid android.UID, name []byte, ok bool) {
	inner, ok := printout.Between(t, "ProcessRecord{", "}")
	if !ok {
		return -1, android.NoUID, nil, false
	}
	_, rest := printout.Word(inner)
	digits, rest, _ := bytes.Cut(bytes.TrimLeft(rest, " "), []byte(":"))
	slash := bytes.LastIndexByte(rest, '/')
	pid, isNumber := printout.Number(digits)
	if !isNumber || slash < 0 {
		return -1, android.NoUID, nil, false
	}
	id, err := android.ParseUID(string(rest[slash+1:]))
	return pid, id, rest[:slash], err == nil
}
