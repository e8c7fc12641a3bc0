package android

import "bytes"

// GrantLine is one line of a list of permissions in dumpsys package: NAME:
// granted=true, flags=[ USER_SET|USER_FIXED], or NAME alone, which is granted
// (frameworks/base services core …/pm/Settings.java printPermissionsLPr, to Android 5
// with names alone; permission/PermissionState; Android 6 to 9 part flags by blanks).
type GrantLine struct {
	Name    []byte
	Stated  bool // the line says whether it is granted
	Granted bool
	Flags   []byte // what stands in brackets, without them; nil: there are none
	Rest    []byte // behind them, of those that state
}

// CutGrant takes a line of a list of permissions, without the blanks around it, apart.
// It is false for one that says granted= and then neither true nor false. The parts are
// of the line, and have as long a life.
func CutGrant(line []byte) (g GrantLine, ok bool) {
	g.Granted = true
	if g.Name, g.Rest, g.Stated = cutGranted(line); !g.Stated {
		return g, true
	}
	if g.Granted = bytes.HasPrefix(g.Rest, []byte("true")); !g.Granted && !bytes.HasPrefix(g.Rest, []byte("false")) {
		return g, false
	}
	if i := bytes.IndexByte(g.Rest, '['); i >= 0 {
		g.Flags, g.Rest = g.Rest[i+1:], g.Rest[bytes.IndexByte(g.Rest, ']')+1:]
		if end := bytes.IndexByte(g.Flags, ']'); end >= 0 {
			g.Flags = g.Flags[:end]
		}
	}
	return g, true
}

// cutGranted cuts NAME: granted=true at the words between. They stand at the first
// colon, if the name has none itself.
func cutGranted(line []byte) (name, rest []byte, ok bool) {
	sep := []byte(": granted=")
	if i := bytes.IndexByte(line, ':'); i < 0 {
		return line, nil, false
	} else if bytes.HasPrefix(line[i:], sep) {
		return line[:i], line[i+len(sep):], true
	}
	return bytes.Cut(line, sep)
}

// PartsFlags says whether a byte stands between two flags of a permission.
func PartsFlags(b byte) bool { return b == '|' || b == ' ' }

// CutField takes a line KEY: VALUE apart, as dumpsys battery prints it (services/core
// com/android/server/BatteryService.java dumpInternal, Android 5 to 16), without blanks
// around either.
func CutField(line []byte) (key, value []byte, ok bool) {
	key, value, ok = bytes.Cut(line, []byte(":"))
	return bytes.TrimSpace(key), bytes.TrimSpace(value), ok
}
