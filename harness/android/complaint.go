package android

import "strings"

// Complaint gives the first thing that a command said on its standard error that
// is a complaint, on one line, or "". The dynamic linker's warnings of Android 5 to
// 8 (bionic linker.cpp, DL_WARN) come with commands that do what they should.
func Complaint(stderr string) string {
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if line == "" || SaysOf(line) == SaysHarmless {
			continue
		}
		return line[:min(len(line), mostComplaint)]
	}
	return ""
}

// mostComplaint is the most of a complaint that is told, bytes.
const mostComplaint = 200
