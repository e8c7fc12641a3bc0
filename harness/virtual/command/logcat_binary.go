package command

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/phone"
)

// logNumbers are the buffers in the order of their numbers (log_id_t).
var logNumbers = []string{"main", "radio", "events", "system", "crash", "stats", "security", "kernel"}

// eventNumbers are the numbers of the events that handsets here write
// (EventLogTags.logtags of frameworks/base, and system/logging's event.logtags).
var eventNumbers = map[string]uint32{
	"chatty": 1004, "boot_progress_enable_screen": 3050, "screen_toggled": 70000, "device_idle": 34000, "sysui_multi_action": 524292,
	"am_anr": 30008, "am_activity_launch_time": 30009, "wm_activity_launch_time": 30009, "am_proc_bound": 30010, "am_proc_died": 30011,
	"am_proc_start": 30014, "am_on_resume_called": 30022, "wm_on_resume_called": 30022, "am_kill": 30023, "am_create_service": 30030,
	"am_destroy_service": 30031, "am_crash": 30039,
}

// binaryEntry is an entry as logcat -B writes it: struct logger_entry_v3 up to
// Android 6 and logger_entry_v4, which has the UID, since; then the payload
// (liblog, log/log_read.h).
func binaryEntry(sdk int, e phone.LogEntry) []byte {
	payload := textPayload(e)
	if e.Buffer == "events" {
		payload = eventPayload(sdk, e)
	}
	header := 24
	if sdk >= 24 {
		header = 28
	}
	var b bytes.Buffer
	for _, v := range []any{uint16(len(payload)), uint16(header), int32(e.PID), uint32(e.TID),
		uint32(e.At.Unix()), uint32(e.At.Nanosecond()), uint32(slices.Index(logNumbers, e.Buffer))} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	if header == 28 {
		_ = binary.Write(&b, binary.LittleEndian, uint32(e.UID))
	}
	return append(b.Bytes(), payload...)
}

// textPayload is a priority, a tag and a message, each of the two with a NUL
// (liblog, __android_log_buf_write).
func textPayload(e phone.LogEntry) []byte {
	priority := byte(2 + strings.IndexByte(phone.LogLevels, e.Level))
	return append([]byte{priority}, e.Tag+"\x00"+e.Text+"\x00"...)
}

// eventPayload is a number and its values. What is one value stands alone, several
// are a list; up to Android 7 a list and a string end in a line feed
// (android_util_EventLog.cpp).
func eventPayload(sdk int, e phone.LogEntry) []byte {
	b := binary.LittleEndian.AppendUint32(nil, eventNumbers[e.Tag])
	if len(e.Values) == 1 {
		b = eventValue(b, e.Values[0])
		if _, ok := e.Values[0].(string); !ok {
			return b
		}
	} else {
		b = append(b, 3, byte(len(e.Values)))
		for _, v := range e.Values {
			b = eventValue(b, v)
		}
	}
	if sdk < 26 {
		b = append(b, '\n')
	}
	return b
}

// eventValue is a type and what it says: a number of 32 bits where it fits.
func eventValue(b []byte, v any) []byte {
	var n int64
	switch v := v.(type) {
	case string:
		b = binary.LittleEndian.AppendUint32(append(b, 2), uint32(len(v)))
		return append(b, v...)
	case int:
		n = int64(v)
	case int64:
		n = v
	case uint32:
		n = int64(v)
	default:
		return eventValue(b, fmt.Sprint(v))
	}
	if n == int64(int32(n)) {
		return binary.LittleEndian.AppendUint32(append(b, 0), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(b, 1), uint64(n))
}
