package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Ps reads which processes run.
var Ps = printout.Parser{
	Source: "ps",
	Parse:  parsePs,
	Needs: "system/core toolbox/ps.c, Android 5 to 7; external/toybox toys/posix/ps.c, 8 to 16; " +
		"system/core libcutils android_filesystem_config.h for the names of UIDs",
}

// psColumns are the columns that a heading names, by position; -1 where it has
// none.
type psColumns struct{ user, uid, pid, tid, ppid, vsize, rss, policy, wchan, state, name, count int }

// parsePs reads ps as toolbox (USER PID PPID VSIZE RSS WCHAN PC S NAME) and as
// toybox prints it, with whatever columns -o asked for. Of threads it takes the
// first, which is the process.
func parsePs(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	var columns psColumns
	var names printout.Names
	var threads psThreads
	for l.Next() {
		t := l.Text()
		if c, ok := psHeading(t); ok {
			columns, threads = c, psThreads{}
			l.Read()
			continue
		}
		if columns.count == 0 {
			l.Settle()
			continue
		}
		if p, task, name, ok := columns.row(t, &names); ok {
			if task.tid >= 0 && task.tid != task.pid || task.tid < 0 && threads.thread(task, name) {
				l.Skip()
				continue
			}
			l.Read()
			emit(p, l.Span())
			continue
		}
		l.Settle()
	}
	return nil
}

// psHeading reads the heading. toolbox prints the state before the name, and has no heading for
// that column.
func psHeading(t []byte) (psColumns, bool) {
	c := psColumns{user: -1, uid: -1, pid: -1, tid: -1, ppid: -1, vsize: -1, rss: -1, policy: -1, wchan: -1, state: -1, name: -1}
	if !bytes.Contains(t, []byte("PID")) {
		return c, false // most lines are no heading, and need not be cut into words
	}
	words := bytes.Fields(t)
	for i, w := range words {
		switch string(w) {
		case "USER":
			c.user = i
		case "UID":
			c.uid = i
		case "PID":
			c.pid = i
		case "TID":
			c.tid = i
		case "PPID":
			c.ppid = i
		case "VSIZE":
			c.vsize = i
		case "RSS":
			c.rss = i
		case "PCY":
			c.policy = i
		case "WCHAN":
			c.wchan = i
		case "S":
			c.state = i
		case "NAME", "CMD", "CMDLINE", "ARGS", "COMMAND":
			if c.name < 0 {
				c.name = i
			}
		}
	}
	c.count = len(words)
	if c.name > 0 && string(words[c.name-1]) == "PC" {
		c.state = c.name
		c.name++
		c.count++
	}
	return c, c.pid >= 0 && c.name == c.count-1 && (c.user >= 0 || c.uid >= 0)
}

// row reads one task. Its name is the rest of the line; the name of the process is cut before
// its arguments, and name is not.
func (c psColumns) row(t []byte, names *printout.Names) (p fact.Process, task psTask, name []byte, ok bool) {
	p.UID = android.NoUID
	task = psTask{-1, -1, -1, -1, -1}
	for i := range c.count {
		word, rest := printout.Word(t)
		if len(word) == 0 {
			return p, task, nil, false
		}
		if i == c.policy && len(word) != 2 {
			continue // toybox leaves the policy of a real-time thread blank
		}
		if i == c.wchan && c.running(t) {
			continue
		}
		t = rest
		n, isNumber := printout.Number(word)
		switch i {
		case c.pid:
			task.pid, ok = n, isNumber
		case c.tid:
			task.tid = n
		case c.ppid:
			task.ppid = n
		case c.vsize:
			task.vsize = n
		case c.rss:
			task.rss = n
		case c.uid:
			if isNumber {
				p.UID = android.UID(n)
			}
		case c.user:
			if p.UID == android.NoUID {
				p.UID = uidNamed(string(word))
			}
		case c.name:
			p.Name = names.Of(word)
			name = word[:len(word)+len(printout.TrimPadding(rest))]
		}
	}
	p.PID = task.pid
	return p, task, name, ok
}

// running says whether a row has no word in its column WCHAN. Of a task that is running the
// kernel names no function there (fs/proc/base.c proc_pid_wchan); toolbox and toybox print what
// /proc/PID/wchan holds, which is 0 or nothing, depending on the kernel. If it is nothing, the
// state, a single letter, stands one column too early.
func (c psColumns) running(t []byte) bool {
	var word []byte
	for range c.state - c.wchan {
		word, t = printout.Word(t)
	}
	return len(word) == 1 && bytes.IndexByte(psStates, word[0]) >= 0
}

// psStates are the letters of /proc/PID/stat (fs/proc/array.c task_state_array).
var psStates = []byte("RSDTtZXxKWPI")

// uidNamed gives the UID of a name that ps prints: u0_a12, 1000, radio.
func uidNamed(name string) android.UID {
	if uid, ok := uidNames[name]; ok {
		return uid
	}
	if uid, err := android.ParseUID(name); err == nil {
		return uid
	}
	return android.NoUID
}

// uidNames are Android's own. Makers add theirs (vendor_…, oem_…), which vary.
var uidNames = map[string]android.UID{
	"root": 0, "system": 1000, "radio": 1001, "bluetooth": 1002, "graphics": 1003, "input": 1004, "audio": 1005,
	"camera": 1006, "log": 1007, "compass": 1008, "mount": 1009, "wifi": 1010, "adb": 1011, "install": 1012,
	"media": 1013, "dhcp": 1014, "sdcard_rw": 1015, "vpn": 1016, "keystore": 1017, "usb": 1018, "drm": 1019,
	"mdnsr": 1020, "gps": 1021, "media_rw": 1023, "mtp": 1024, "drmrpc": 1026, "nfc": 1027, "sdcard_r": 1028,
	"clat": 1029, "loop_radio": 1030, "mediadrm": 1031, "package_info": 1032, "sdcard_pics": 1033, "sdcard_av": 1034,
	"sdcard_all": 1035, "logd": 1036, "shared_relro": 1037, "dbus": 1038, "tlsdate": 1039, "mediaex": 1040,
	"audioserver": 1041, "metrics_coll": 1042, "metricsd": 1043, "webserv": 1044, "debuggerd": 1045, "mediacodec": 1046,
	"cameraserver": 1047, "firewall": 1048, "trunks": 1049, "nvram": 1050, "dns": 1051, "dns_tether": 1052,
	"webview_zygote": 1053, "vehicle_network": 1054, "media_audio": 1055, "media_video": 1056, "media_image": 1057,
	"tombstoned": 1058, "media_obb": 1059, "ese": 1060, "ota_update": 1061, "automotive_evs": 1062, "lowpan": 1063,
	"hsm": 1064, "reserved_disk": 1065, "statsd": 1066, "incidentd": 1067, "secure_element": 1068, "lmkd": 1069,
	"llkd": 1070, "iorapd": 1071, "gpu_service": 1072, "network_stack": 1073, "gsid": 1074, "fsverity_cert": 1075,
	"credstore": 1076, "external_storage": 1077, "ext_data_rw": 1078, "ext_obb_rw": 1079, "context_hub": 1080,
	"virtualizationservice": 1081, "artd": 1082, "uwb": 1083, "thread_network": 1084, "diced": 1085, "dmesgd": 1086,
	"shell": 2000, "cache": 2001, "diag": 2002, "net_bt_admin": 3001, "net_bt": 3002, "inet": 3003, "net_raw": 3004,
	"net_admin": 3005, "net_bw_stats": 3006, "net_bw_acct": 3007, "readproc": 3009, "wakelock": 3010, "uhid": 3011,
	"everybody": 9997, "misc": 9998, "nobody": 9999,
}
