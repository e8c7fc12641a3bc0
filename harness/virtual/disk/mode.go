package disk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ModeLetters is a mode as ls -l shows it: drwxr-xr-x.
func ModeLetters(mode uint32) string {
	letters := []byte("----------")
	switch mode & ModeKind {
	case ModeDir:
		letters[0] = 'd'
	case ModeLink:
		letters[0] = 'l'
	case ModeDevice:
		letters[0] = 'c'
	}
	for i := range 9 {
		if mode>>(8-i)&1 == 1 {
			letters[i+1] = "rwx"[i%3]
		}
	}
	for i, at := range []int{3, 6, 9} { // set-user, set-group, sticky
		if mode>>(11-i)&1 == 1 {
			letter := "sst"[i]
			if letters[at] == '-' {
				letter -= 'a' - 'A'
			}
			letters[at] = letter
		}
	}
	return string(letters)
}

// ParseMode reads 755, +x, u+rw,go-w, or u=rw,go=; a mode that it does not know is an error.
func ParseMode(old uint32, change string) (uint32, error) {
	if n, err := strconv.ParseUint(change, 8, 12); err == nil {
		return uint32(n), nil
	}
	mode := old & 0o7777
	for clause := range strings.SplitSeq(change, ",") {
		m := modeClause.FindStringSubmatch(clause)
		if m == nil {
			return 0, fmt.Errorf("bad mode '%s'", change)
		}
		mode = changeMode(mode, old&ModeKind == ModeDir, m[1], m[2], m[3])
	}
	return mode, nil
}

// modeClause is one change of a mode: whose, how, and what.
var modeClause = regexp.MustCompile(`^([ugoa]*)([-+=])([rwxXst]*)$`)

// changeMode makes one change.
func changeMode(mode uint32, dir bool, whose, how, what string) uint32 {
	who := uint32(0)
	for _, c := range whose {
		who |= map[rune]uint32{'u': 0o4700, 'g': 0o2070, 'o': 0o007, 'a': 0o6777}[c]
	}
	if who == 0 {
		who = 0o6777
	}
	bits := uint32(0)
	for _, c := range what {
		if c == 'X' && !dir && mode&0o111 == 0 {
			continue
		}
		bits |= map[rune]uint32{'r': 0o444, 'w': 0o222, 'x': 0o111, 'X': 0o111, 's': 0o6000, 't': 0}[c] & who
	}
	if strings.Contains(what, "t") {
		bits |= 0o1000
	}
	switch how {
	case "+":
		return mode | bits
	case "-":
		return mode &^ bits
	}
	return mode&^(who&0o777) | bits
}
