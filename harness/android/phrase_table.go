package android

// Sources of phrases that several rows name.
const (
	dumpsysSource   = "frameworks/native cmds/dumpsys/dumpsys.cpp"
	dumpstateSource = "frameworks/native cmds/dumpstate (utils.c to Android 7, DumpstateUtil.cpp from 8)"
	binderSource    = "frameworks/base core android/os/Binder.java doDump"
	shellSource     = "external/mksh; external/toybox and system/core toolbox, by strerror"
	servicesSource  = "frameworks/base core com/android/internal/util/DumpUtils.java, and each service's own dump"
	pmSource        = "frameworks/base cmds/{pm,am,settings} to Android 7, core android/os/ShellCommand.java from 7"
	amSource        = "frameworks/base services/core com/android/server/am/ActivityManagerService.java, ActiveServices.java, ProviderMap.java"
	logcatSource    = "system/logging logcat/logcat.cpp (system/core before Android 11), liblog/logger_read.c"
)

// Phrases are all that the harness knows of what Android prints in place of a
// print-out, in the words of each release. The first row that a line fits is its
// meaning. Nowhere else are these words matched.
var Phrases = []Phrase{
	// What the handset does not keep.
	{Says: SaysLess, Starts: "Note: log", Holds: "switch off, only log_main", Source: "logcat of Huawei's EMUI 3 to 8"},
	{Says: SaysLess, Starts: "int logctl_get(): open '/dev/hwlog_switch'", Source: "logcat of Huawei's EMUI 3 to 8"},

	// Time-outs. To Android 6 dumpsys has none.
	{Says: SaysTimedOut, Starts: "*** SERVICE DUMP TIMEOUT EXPIRED ***", From: 24, To: 25, Source: dumpsysSource},
	{Says: SaysTimedOut, Starts: "*** SERVICE '", Holds: "' DUMP TIMEOUT (", From: 26, Source: dumpsysSource},
	{Says: SaysTimedOut, Starts: "*** command '", Holds: "' timed out after ", From: 24, Source: dumpstateSource},
	{Says: SaysTimedOut, Starts: "*** ", Holds: ": Timed out after ", To: 23, Source: dumpstateSource},

	// Commands and dumps that broke off.
	{Says: SaysBroken, Starts: "*** command '", From: 24, Source: dumpstateSource},
	{Says: SaysBroken, Starts: "*** ", Holds: ": Exit code ", To: 23, Source: dumpstateSource},
	{Says: SaysBroken, Starts: "*** ", Holds: ": Killed by signal ", To: 23, Source: dumpstateSource},
	{Says: SaysBroken, Starts: "*** ", Holds: ": Error after ", To: 23, Source: dumpstateSource},
	{Says: SaysBroken, Starts: "*** exec(", To: 23, Source: dumpstateSource},
	{Says: SaysBroken, Starts: "Error dumping service info", Source: dumpsysSource},
	{Says: SaysBroken, Starts: "Error with service '", From: 28, Source: dumpsysSource},
	{Says: SaysBroken, Starts: "Failed to ", Holds: " while dumping service ", From: 24, Source: dumpsysSource},
	{Says: SaysBroken, Starts: "Failed to create pipe to dump service info", From: 24, Source: dumpsysSource},
	{Says: SaysBroken, Starts: DumpBroke, Source: binderSource},
	{Says: SaysBroken, Starts: "Failure while dumping the", Source: amSource},
	{Says: SaysBroken, Starts: "Got a RemoteException while dumping the", Source: amSource},
	{Says: SaysBroken, Starts: "cmd: Failure calling service", From: 24, Source: "frameworks/native cmds/cmd/cmd.cpp"},
	{Says: SaysBroken, Starts: "Unexpected EOF", Source: logcatSource},
	{Says: SaysBroken, Starts: "logcat: Unexpected EOF", Source: logcatSource},
	{Says: SaysBroken, Starts: "logcat: unexpected EOF", Source: logcatSource},
	{Says: SaysBroken, Starts: "read: unexpected EOF", Source: logcatSource},

	// Refusals.
	{Says: SaysDenied, Starts: "Permission Denial", Source: servicesSource},
	{Says: SaysDenied, Starts: NoEntry, Source: shellSource},
	{Says: SaysDenied, Starts: "Error: java.lang.SecurityException", Source: pmSource},
	{Says: SaysDenied, Starts: "java.lang.SecurityException", Source: pmSource},
	{Says: SaysDenied, Starts: "Security exception", Source: pmSource},
	{Says: SaysDenied, Starts: "Error: unable to access", Source: pmSource},
	{Says: SaysDenied, Starts: "logcat: Unable to open log device", Source: logcatSource},
	{Says: SaysDenied, Ends: NoEntry, Source: shellSource},
	{Says: SaysDenied, Holds: "Permission Denial", Alone: true, Source: pmSource},
	{Says: SaysDenied, Holds: NoEntry, Alone: true, Source: shellSource},
	{Says: SaysDenied, Holds: "SecurityException", Alone: true, Source: pmSource},
	{Says: SaysDenied, Holds: "Operation not permitted", Alone: true, Source: shellSource},

	// What is not there.
	{Says: SaysUnsupported, Starts: "/system/bin/sh: ", Source: shellSource},
	{Says: SaysUnsupported, Starts: "sh: ", Source: shellSource},
	{Says: SaysUnsupported, Starts: "Can't find service", Source: dumpsysSource},
	{Says: SaysUnsupported, Starts: "dumpsys: Can't find service", Source: dumpsysSource},
	{Says: SaysUnsupported, Starts: "cmd: Can't find service", From: 24, Source: "frameworks/native cmds/cmd/cmd.cpp"},
	{Says: SaysUnsupported, Starts: "service: Service ", Ends: " does not exist", Source: "frameworks/native cmds/service/service.cpp"},
	{Says: SaysUnsupported, Starts: "Bad activity command", Source: amSource},
	{Says: SaysUnsupported, Starts: "Error: Unknown option", Source: pmSource},
	{Says: SaysUnsupported, Starts: "Error: Unknown command", Source: pmSource},
	{Says: SaysUnsupported, Starts: "Error: unknown command", Source: pmSource},
	{Says: SaysUnsupported, Starts: "Unknown command", From: 24, Source: pmSource},
	{Says: SaysUnsupported, Starts: "ERROR: Unknown option: ", From: 34, Source: "frameworks/base BinaryTransparencyService.java"},
	{Says: SaysUnsupported, Starts: "Unknown option: ", Source: "frameworks/base services AppOpsService.java dump"},
	{Says: SaysUnsupported, Starts: "Not Supported", Source: "logcat -S of vivo's PD1616, Android 7.1.2"},
	{Says: SaysPassedOver, Starts: "Unknown argument", Source: servicesSource},
	{Says: SaysNone, Starts: "Unable to find package", Source: "frameworks/base services/core com/android/server/pm dump"},
	{Says: SaysDown, Holds: "s the system running?", Alone: true, To: 25, Source: "frameworks/base cmds/pm Pm.java, cmds/am Am.java"},
	{Says: SaysAbsent, Holds: NoSuchFile, Alone: true, Source: shellSource},
	{Says: SaysUnsupported, Holds: noService, Alone: true, Source: dumpsysSource},
	{Says: SaysUnsupported, Holds: "Unknown option", Alone: true, Source: pmSource},
	{Says: SaysUnsupported, Holds: "Unknown command", Alone: true, Source: pmSource},
	{Says: SaysUnsupported, Holds: "unknown command", Alone: true, Source: pmSource},
	{Says: SaysUnsupported, Holds: "Error: unknown", Alone: true, Source: pmSource},
	{Says: SaysUnsupported, Holds: "not found", Alone: true, Source: shellSource}, // "inaccessible or not found" from mksh R57
	{Says: SaysUnsupported, Holds: "Invalid argument", Alone: true, Source: shellSource},
	{Says: SaysUnsupported, Holds: "Usage: ", Alone: true, Source: pmSource},

	// What disturbs nothing.
	{Says: SaysHarmless, Starts: "WARNING: linker: ", To: 27, Source: "bionic linker/linker.cpp DL_WARN"},
}
