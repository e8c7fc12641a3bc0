package fault

import (
	"slices"
	"time"
)

// Row is what is to be known of a kind of fault.
type Row struct {
	Kind     Kind
	Of       string   // which fault of a USB phone farm this is, or is a part of
	About    string   // what it does
	Forms    []string // examples as Parse reads them, each of which ends by itself or touches one command
	Settings []string // those of Fault that it heeds, by the names that Parse has for them
	Argument string   // the setting that Parse takes without its name; empty: none
	Server   bool     // can be had on the adb server's face
	Device   bool     // can be had on the device's face, behind a real adb server
	Where    string   // why not, where it cannot; how far, where it can

	class     class
	shown     string   // state in the device list while it lasts
	otherwise Fault    // what stands for settings that are zero; of Back and For: where both are
	programs  []string // that it touches, of kinds that touch commands; nil: any
	spares    []string // programs that it never touches
	needs     string   // what must be given, with an example; empty: nothing
}

// class says by what machinery a fault works.
type class int

const (
	onList    class = iota // changes the handset's row, and drops its connections
	onStream               // touches what a service sends
	onCommand              // touches what a command prints
	onState                // changes the handset's state
	onServer               // strikes the adb server or the hub
)

// Gone is the state of a handset that has no row.
const Gone = "gone"

// NoPermission is what a row says that the host may not open (adb,
// transport.cpp, UsbNoPermissionsShortHelpText).
const NoPermission = "no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com/tools/device.html]"

// Settings that a class of faults heeds.
var (
	listSettings    = []string{"after", "back", "bytes", "for", "match", "skip", "times"}
	streamSettings  = []string{"after", "match", "skip", "times"}
	commandSettings = []string{"after", "match", "skip", "times"}
	stateSettings   = []string{"after", "bytes", "match", "skip", "times"}
	serverSettings  = []string{"after", "back", "bytes", "for", "match", "skip", "times"}
)

func with(settings []string, more ...string) []string {
	all := append(slices.Clone(settings), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

// shellsOwn are the words that a script prints itself.
var shellsOwn = []string{"echo", "print", "printf"}

// All lists every kind, by name. Of the 24 faults of a farm, 23 are here, and
// beside them hostile output, commands that say nothing or no while all seems
// well, and logs that are switched off. The 24th, kill -9 of the runner, is the
// harness's own, and so is a full disk of its host: nothing on a handset's side
// can do them.
func All() []Row {
	rows := make([]Row, len(table))
	for i, r := range table {
		rows[i] = r
		rows[i].Forms, rows[i].Settings = slices.Clone(r.Forms), slices.Clone(r.Settings)
	}
	return rows
}

const (
	notOfDevice = "the adb server's own: behind a real one, stop or replace that"
	wholeHost   = "the connection dies; a real server tries it again by itself"
)

var table = []Row{
	{Kind: NotResponding, Of: "ANR or crash dialog", About: "an app does not respond: am_anr and its log, and Android's dialog in front of all; WHAT is a package, or a specimen is chosen",
		Forms: []string{"anr", "anr:specimen.dialer:after=3"}, Settings: with(stateSettings, "what"), Argument: "what", Server: true, Device: true, class: onState},
	{Kind: BootLoop, Of: "boot loop", About: "boots again and again before it is up, COUNT times (0: for ever); each phase, away and booting, lasts BACK looks (2) or FOR (1s)",
		Forms: []string{"bootloop:2", "bootloop:3:after=4"}, Settings: with(listSettings, "count"), Argument: "count", Server: true, Device: true, Where: wholeHost, class: onList, otherwise: Fault{Back: 2, For: time.Second}, shown: Gone},
	{Kind: BrownOut, Of: "hub brown-out", About: "every handset of its hub, or of the ports that begin with WHAT, drops within two seconds, and is back after BACK looks (3) or FOR (3s)",
		Forms: []string{"brownout", "brownout:usb:1-1.:match=am start:back=4"}, Settings: with(serverSettings, "what"), Argument: "what", Server: true,
		Where: "a farm knows the ports: device faces of handsets that are also in a farm drop too, others need unplugged on each", class: onServer, otherwise: Fault{Back: 3, For: 3 * time.Second}},
	{Kind: Chatty, Of: "log overrun, chatty, prune", About: "logd leaves out the next COUNT entries (20) and, on Android 7 to 11, says so in chatty lines; logcat -S counts them",
		Forms: []string{"chatty:20", "chatty:5:match=am start"}, Settings: with(stateSettings, "count"), Argument: "count", Server: true, Device: true, class: onState, otherwise: Fault{Count: 20}},
	{Kind: Climb, Of: "hostile output", About: "folders list a file named ../../x, which can be pulled",
		Forms: []string{"climb", "climb:/sdcard:times=2"}, Settings: with(commandSettings), Argument: "match", Server: true, Device: true, class: onCommand, programs: []string{"ls", "sync"}},
	{Kind: ClockJump, Of: "clock skew or jump", About: "the handset's clock jumps BY a time, forwards or back; its uptime does not",
		Forms: []string{"clock:24h", "clock:-24h:after=5:back=6", "clock:1h:match=am start"}, Settings: with(stateSettings, "back", "by", "for"), Argument: "by", Server: true, Device: true, class: onState, needs: "how far it jumps: clock:-24h"},
	{Kind: Crash, Of: "ANR or crash dialog", About: "an app crashes: its log and end, and Android's dialog in front of all; WHAT is a package, or a specimen is chosen",
		Forms: []string{"crash", "crash:specimen.dialer:match=am start"}, Settings: with(stateSettings, "what"), Argument: "what", Server: true, Device: true, class: onState},
	{Kind: CutOff, Of: "unplug in mid-command", About: "after BYTES of output a service's connection ends, without an exit status",
		Forms: []string{"cut:0:times=1", "cut:5000:logcat:times=1"}, Settings: with(streamSettings, "bytes"), Argument: "bytes", Server: true, Device: true, class: onStream},
	{Kind: CutLines, Of: "truncated or stale output", About: "a command prints COUNT percent (50) of its output, up to the last end of a line before that, or writes as much of its file, says nothing and exits with 0; with SCOPE script, a whole shell command does",
		Forms: []string{"cut-lines:60:dumpsys package:times=1", "cut-lines:30:dumpsys:scope=script:times=1"}, Settings: with(commandSettings, "count", "scope"), Argument: "count", Server: true, Device: true,
		Where: "what ends only when it is stopped prints nothing", class: onCommand, otherwise: Fault{Count: 50}, spares: shellsOwn},
	{Kind: DeepTree, Of: "hostile output", About: "uiautomator dumps a tree of COUNT nodes (100000), one in another",
		Forms: []string{"deep-tree:100000:times=1"}, Settings: with(commandSettings, "count"), Argument: "count", Server: true, Device: true, class: onCommand, otherwise: Fault{Count: 100000}, programs: []string{"uiautomator"}},
	{Kind: Doze, Of: "doze", About: "the screen goes dark and the handset idle: jobs of apps wait",
		Forms: []string{"doze", "doze:after=3:back=8"}, Settings: with(stateSettings, "back", "for"), Server: true, Device: true, class: onState},
	{Kind: Drain, Of: "heat and battery", About: "the battery falls by 5 % with each service, to COUNT percent (5); once over it rises again as fast",
		Forms: []string{"drain:5:back=20", "drain:15:after=2:back=30"}, Settings: with(stateSettings, "back", "count", "for"), Argument: "count", Server: true, Device: true, class: onState, otherwise: Fault{Count: 5}},
	{Kind: DumpTimeout, Of: "hung shell, dump timeout", About: "dumpsys prints BYTES (1000), waits ten seconds, says DUMP TIMEOUT and exits with 0",
		Forms: []string{"dump-timeout:times=1", "dump-timeout:appops:times=1"}, Settings: with(commandSettings, "bytes"), Argument: "match", Server: true, Device: true, class: onCommand, otherwise: Fault{AfterBytes: 1000}, programs: []string{"dumpsys"}},
	{Kind: Endless, Of: "hostile output", About: "a command goes on printing for ever",
		Forms: []string{"endless:dumpsys:times=1"}, Settings: with(commandSettings), Argument: "match", Server: true, Device: true, class: onCommand},
	{Kind: Escapes, Of: "hostile output", About: "a command's output begins with sequences that drive a terminal, and with bytes that are no text",
		Forms: []string{"escapes:getprop:times=1"}, Settings: with(commandSettings), Argument: "match", Server: true, Device: true, class: onCommand},
	{Kind: Flapping, Of: "offline, flapping", About: "the row is offline and back, COUNT times (20), each for BACK looks (1) or FOR (50ms)",
		Forms: []string{"flap:3", "flap:20:after=5:for=20ms"}, Settings: with(listSettings, "count"), Argument: "count", Server: true, Device: true, Where: wholeHost, class: onList, otherwise: Fault{Count: 20, Back: 1, For: 50 * time.Millisecond}, shown: "offline"},
	{Kind: Full, Of: "low storage", About: "BYTES are left on the handset's storage: writing more gives ENOSPC",
		Forms: []string{"full:0:back=8", "full:100:after=2:back=8"}, Settings: with(stateSettings, "back", "for"), Argument: "bytes", Server: true, Device: true, class: onState},
	{Kind: Heat, Of: "heat and battery", About: "the battery gets hotter by 1.5 degrees with each service, to COUNT tenths of a degree (480); once over it cools as fast",
		Forms: []string{"heat:480:back=20", "heat:520:after=2:back=30"}, Settings: with(stateSettings, "back", "count", "for"), Argument: "count", Server: true, Device: true, class: onState, otherwise: Fault{Count: 480}},
	{Kind: Hung, Of: "hung shell, dump timeout", About: "a command prints BYTES (0) and hangs until it is killed",
		Forms: []string{"hung:dumpsys:times=1", "hung:logcat:bytes=200:times=1"}, Settings: with(commandSettings, "bytes"), Argument: "match", Server: true, Device: true, class: onCommand},
	{Kind: Keyguard, Of: "keyguard", About: "the screen goes dark and locks; with WHAT secure, nothing but a person unlocks it",
		Forms: []string{"keyguard", "keyguard:secure:match=input:back=5"}, Settings: with(stateSettings, "back", "for", "what"), Argument: "what", Server: true, Device: true, class: onState},
	{Kind: Kicked, Of: "log reader kicked", About: "logcat ends with an unexpected EOF after each COUNT lines (100)",
		Forms: []string{"kick:10:times=3"}, Settings: with(commandSettings, "count"), Argument: "count", Server: true, Device: true, class: onCommand, otherwise: Fault{Count: 100}, programs: []string{"logcat"}},
	{Kind: OtherLocale, Of: "wrong locale", About: "the handset speaks the language WHAT (zh-CN, ar-EG, de-DE): dialogs, and numbers and dates where Android's dumps follow it",
		Forms: []string{"locale:zh-CN", "locale:ar-EG:after=2:back=9"}, Settings: with(stateSettings, "back", "for", "what"), Argument: "what", Server: true, Device: true, class: onState, needs: "a locale: locale:zh-CN"},
	{Kind: LogFilter, Of: "log switched off or filtered", About: "a property filters the log: WHAT is a level (V D I W E F S, or the makers' M) that log.tag gets, or PROPERTY=VALUE of log.tag, persist.log.tag or either with .TAG; getprop shows it, and what is below the level, or with M what apps write, is not in the log; from Android 6",
		Forms: []string{"log-filter:S:back=8", "log-filter:M:back=8", "log-filter:persist.log.tag=W:after=2:back=8"}, Settings: with(stateSettings, "back", "for", "what"), Argument: "what", Server: true, Device: true, class: onState,
		needs: "a level, or a property and its value: log-filter:S, log-filter:persist.log.tag=M"},
	{Kind: LogOff, Of: "log switched off or filtered", About: "logd is given nothing: logcat prints nothing and logcat -S counts nothing; a handset that is so from the start has never written an entry",
		Forms: []string{"log-off:back=8", "log-off:after=2:back=8"}, Settings: with(stateSettings, "back", "for"), Server: true, Device: true, class: onState},
	{Kind: LongLine, Of: "hostile output", About: "logcat, or what MATCH says, begins with one line of COUNT bytes (16777216)",
		Forms: []string{"long-line:16777216:times=1"}, Settings: with(commandSettings, "count"), Argument: "count", Server: true, Device: true, class: onCommand, otherwise: Fault{Count: 16 << 20, Match: "logcat"}},
	{Kind: Mute, Of: "silent or refused command", About: "a command says on stderr what went wrong (SAYS, or its own words: dumpsys and uiautomator have some, others none), prints nothing, or WHAT newline or first-line, writes no file, and exits with 0; with SCOPE inside, all programs of a shell command do, with script a whole shell command",
		Forms:    []string{"mute:dumpsys appops:times=1", "mute:cat /proc/net/tcp:what=newline:times=1", "mute:dumpsys:what=first-line:times=1", "mute:uiautomator:times=1", "mute:dumpsys:scope=script:times=1"},
		Settings: with(commandSettings, "says", "scope", "what"), Argument: "match", Server: true, Device: true, class: onCommand, spares: shellsOwn},
	{Kind: Offline, Of: "offline, flapping", About: "the row says offline; every service is refused",
		Forms: []string{"offline:back=3", "offline:after=2:for=50ms"}, Settings: listSettings, Server: true, Device: true, Where: "the device does not answer CNXN", class: onList, shown: "offline"},
	{Kind: Overlay, Of: "update, SIM, USB and maker's dialogs", About: "a window in front of all: WHAT is update, sim, usb, oem, one whose negative button does what nobody asked for (battery, harmful, install), or a component PACKAGE/CLASS; with +firm BACK does not close it; the setting system specimen_agreed_to tells what was agreed to",
		Forms: []string{"overlay:update", "overlay:sim:after=2", "overlay:usb", "overlay:oem:match=am start", "overlay:install+firm:match=am start"}, Settings: with(stateSettings, "what"), Argument: "what", Server: true, Device: true, class: onState, needs: "a window: overlay:update"},
	{Kind: Overrun, Of: "log overrun, chatty, prune", About: "the next COUNT entries (20) of the log are gone before anyone can read them; only logcat -S counts them",
		Forms: []string{"overrun:20", "overrun:5:match=am start"}, Settings: with(stateSettings, "count"), Argument: "count", Server: true, Device: true, class: onState, otherwise: Fault{Count: 20}},
	{Kind: Question, Of: "permission dialog", About: "a specimen asks for a permission, WHAT or one that it lacks, whatever is on the screen (from Android 6)",
		Forms: []string{"permission", "permission:CAMERA:after=2"}, Settings: with(stateSettings, "what"), Argument: "what", Server: true, Device: true, class: onState},
	{Kind: Prune, Of: "log overrun, chatty, prune", About: "the oldest COUNT entries (100) of the log go; logcat -S counts them",
		Forms: []string{"prune:100", "prune:5:after=2"}, Settings: with(stateSettings, "count"), Argument: "count", Server: true, Device: true, class: onState, otherwise: Fault{Count: 100}},
	{Kind: Reboot, Of: "reboot in mid-scenario", About: "reboots: away for BACK looks (3) or FOR (3s), another boot_id, booting while the next COUNT services (3) find it so, the log begun anew, the state as kept on its storage",
		Forms: []string{"reboot", "reboot:match=am start:bytes=20"}, Settings: with(listSettings, "count"), Argument: "count", Server: true, Device: true, Where: wholeHost, class: onList, otherwise: Fault{Count: 3, Back: 3, For: 3 * time.Second}, shown: Gone},
	{Kind: Refused, Of: "silent or refused command", About: "a command is refused: WHAT is denied (no permission: to dump, to read a file, to run a program), inject (input may not inject events), change (the shell may not grant, revoke, clear, nor set an op or a setting), ignored (the same, and it says nothing), or user (lists of packages without --user, and what asks all users or user COUNT (150), which the shell may not access); in the words of each release",
		Forms: []string{"refused:denied:match=dumpsys appops:times=1", "refused:inject:times=1", "refused:user:times=1", "refused:change:times=1", "refused:ignored:times=1"}, Settings: with(commandSettings, "count", "what"), Argument: "what", Server: true, Device: true,
		class: onCommand, otherwise: Fault{Count: 150}, spares: shellsOwn, needs: "a form: refused:change, refused:denied, refused:ignored, refused:inject or refused:user"},
	{Kind: SameSerial, Of: "duplicate or unreadable serial", About: "the handset goes by the serial WHAT, as another may, in the list and in ro.serialno",
		Forms: []string{"serial:0123456789ABCDEF:for=100ms"}, Settings: with(stateSettings, "back", "for", "what"), Argument: "what", Server: true, Device: true,
		Where: "a real server names what it reached by adb connect after its address: there only ro.serialno is the other's", class: onState, needs: "a serial: serial:0123456789ABCDEF"},
	{Kind: ServerRestart, Of: "adb server restarted or of another version", About: "the server starts anew: every connection is reset, transports have other numbers, handsets on TCP are gone until they are connected, and the next BACK connections, or those for FOR, are reset",
		Forms: []string{"server-restart", "server-restart:after=3:back=2"}, Settings: serverSettings, Server: true, Where: notOfDevice, class: onServer},
	{Kind: BlackHole, Of: "server accepts, never answers", About: "the server takes connections and says nothing on them, BACK of them or for FOR (neither: for ever)",
		Forms: []string{"server-silent:back=2", "server-silent:after=3:for=50ms"}, Settings: serverSettings, Server: true, Where: notOfDevice, class: onServer},
	{Kind: ServerVersion, Of: "adb server restarted or of another version", About: "the server says that it is of version COUNT (32)",
		Forms: []string{"server-version:32:back=1", "server-version:40:after=3:back=1"}, Settings: with(serverSettings, "count"), Argument: "count", Server: true, Where: notOfDevice, class: onServer, otherwise: Fault{Count: 32}},
	{Kind: Silent, Of: "hung shell, dump timeout", About: "a service is accepted and then says nothing, ever",
		Forms: []string{"silent:dumpsys appops:times=1"}, Settings: streamSettings, Argument: "match", Server: true, Device: true, class: onStream},
	{Kind: Slow, Of: "hostile output", About: "output comes at RATE bytes a second",
		Forms: []string{"slow:1:dumpsys:times=1", "slow:200000"}, Settings: with(streamSettings, "rate"), Argument: "rate", Server: true, Device: true, class: onStream, needs: "a rate in bytes a second: slow:1024"},
	{Kind: Stale, Of: "truncated or stale output", About: "a command gives what it gave the first time, again and again; uiautomator says that the screen is not idle, exits with 0 and leaves the old file",
		Forms: []string{"stale:uiautomator:times=1", "stale:dumpsys battery:times=3"}, Settings: commandSettings, Argument: "match", Server: true, Device: true, class: onCommand},
	{Kind: SystemRestart, Of: "system_server restart", About: "system_server and all apps end and come again under other pids, while adb stays; the next COUNT services (2) find no system",
		Forms: []string{"system-restart", "system-restart:3:match=am start"}, Settings: with(stateSettings, "count"), Argument: "count", Server: true, Device: true, class: onState, otherwise: Fault{Count: 2}},
	{Kind: Truncated, Of: "truncated or stale output", About: "a command prints BYTES of its output, or writes as much of its file, and exits as if that were all",
		Forms: []string{"truncated:200:uiautomator:times=1", "truncated:1000:dumpsys:times=1"}, Settings: with(commandSettings, "bytes"), Argument: "bytes", Server: true, Device: true, class: onCommand},
	{Kind: Unauthorized, Of: "unauthorized", About: "the row says unauthorized; every service is refused",
		Forms: []string{"unauthorized:back=4", "unauthorized:after=3:for=50ms"}, Settings: listSettings, Server: true, Device: true, Where: "the device asks for a signature again and again", class: onList, shown: "unauthorized"},
	{Kind: Unplugged, Of: "unplug in mid-command", About: "the row disappears and every connection dies",
		Forms: []string{"unplugged:match=am start:back=2", "unplugged:after=3:bytes=100:back=3"}, Settings: listSettings, Server: true, Device: true, Where: wholeHost, class: onList, shown: Gone},
	{Kind: Unreadable, Of: "duplicate or unreadable serial", About: "the host may not open the handset: its serial is ???????????? and its state no permissions",
		Forms: []string{"unreadable:back=3"}, Settings: listSettings, Server: true, Where: "only a USB port can be refused to a host", class: onList, shown: NoPermission},
}

func rowOf(kind Kind) Row {
	if i := slices.IndexFunc(table, func(r Row) bool { return r.Kind == kind }); i >= 0 {
		return table[i]
	}
	return Row{}
}
