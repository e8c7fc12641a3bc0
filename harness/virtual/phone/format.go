package phone

import (
	"fmt"
	"time"
)

// FormatDuration prints a span as TimeUtils.formatDuration does: +1h2m3s4ms, 0.
func FormatDuration(d time.Duration) string {
	ms := d.Milliseconds()
	if ms == 0 {
		return "0"
	}
	sign := "+"
	if ms < 0 {
		sign, ms = "-", -ms
	}
	s := ms / 1000
	days, hours, minutes, seconds := s/86400, s/3600%24, s/60%60, s%60
	out := sign
	if days > 0 {
		out += fmt.Sprintf("%dd", days)
	}
	if days > 0 || hours > 0 {
		out += fmt.Sprintf("%dh", hours)
	}
	if days > 0 || hours > 0 || minutes > 0 {
		out += fmt.Sprintf("%dm", minutes)
	}
	if days > 0 || hours > 0 || minutes > 0 || seconds > 0 {
		out += fmt.Sprintf("%ds", seconds)
	}
	return out + fmt.Sprintf("%dms", ms%1000)
}

// FormatUID prints a UID as dumps do: u0a123, 1000 (UserHandle.formatUid).
func FormatUID(uid int) string {
	user, id := uid/100000, uid%100000
	switch {
	case uid < 10000:
		return fmt.Sprint(uid)
	case id >= 99000:
		return fmt.Sprintf("u%di%d", user, id-99000)
	case id >= 10000:
		return fmt.Sprintf("u%da%d", user, id-10000)
	}
	return fmt.Sprintf("u%ds%d", user, id)
}

// systemUsers are the names of Android's own UIDs (android_filesystem_config.h).
var systemUsers = map[int]string{
	0: "root", 1000: "system", 1001: "radio", 1002: "bluetooth", 1007: "log", 1010: "wifi", 1013: "media", 1027: "nfc", 1036: "logd",
	1068: "secure_element", 1073: "network_stack", 2000: "shell",
}

// UserName is a UID's name as the C library has it: system, u0_a123.
func UserName(uid int) string {
	if name, ok := systemUsers[uid]; ok {
		return name
	}
	if uid >= 10000 {
		return fmt.Sprintf("u%d_a%d", uid/100000, uid%100000-10000)
	}
	return fmt.Sprint(uid)
}

// Bit is 1 for what is so.
func Bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
