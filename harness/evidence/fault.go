package evidence

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// OfDisk says whether an error is this host's disk's: full, gone, read-only. No
// handset is to blame for it, and no other will fare better.
func OfDisk(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EDQUOT)
}

// mostJoined is how many of several errors a journal spells out, and mostOfJoined how
// many bytes of each; the steps of the bundle have them all, whole.
const (
	mostJoined   = 3
	mostOfJoined = 160
)

// OneLine folds an error that joins several into one line for a journal or
// a reason of coverage.
func OneLine(err error) string {
	lines := strings.Split(err.Error(), "\n")
	told := lines[:min(len(lines), mostJoined)]
	for i, l := range told {
		if len(l) > mostOfJoined {
			told[i] = strings.ToValidUTF8(l[:mostOfJoined], "") + "…"
		}
	}
	text := strings.Join(told, "; ")
	if more := len(lines) - len(told); more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
