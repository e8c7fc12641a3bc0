package intake

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Bounds on what an archive as a whole may unfold to: a real bugreport's zip comes to
// 10 to 20 times its size.
const (
	ratioOfAll = 100
	localSize  = 30 // bytes of an entry's own header, less its name (APPNOTE.TXT 4.3.7)
)

// mostListed is how many bytes an archive's own list of its entries may have: of
// mostFiles entries some 200 each. The list is in memory before it can be counted.
const mostListed = 4 << 20

// entriesOf reads an archive's list of its entries.
func entriesOf(in io.ReaderAt, size int64) (*zip.Reader, error) {
	f := &boundedReader{in: in, left: mostListed, bound: true}
	z, err := zip.NewReader(f, size)
	if errors.Is(err, ErrRefused) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("not a whole zip: %w", err)
	}
	f.bound = false
	for _, e := range z.File {
		e.Name = strings.ReplaceAll(e.Name, `\`, "/") // as some programs on Windows separate folders
	}
	return z, nil
}

// boundedReader reads no more than so many bytes while it is bound.
type boundedReader struct {
	in    io.ReaderAt
	left  int64
	bound bool
}

func (f *boundedReader) ReadAt(p []byte, at int64) (int, error) {
	if !f.bound {
		return f.in.ReadAt(p, at)
	}
	if f.left -= int64(len(p)); f.left < 0 {
		return 0, fmt.Errorf("%w: the archive's list of entries is longer than %d bytes", ErrRefused, mostListed)
	}
	return f.in.ReadAt(p, at)
}

// stretch is where one entry stands in its archive: header and folded bytes.
type stretch struct {
	name     string
	from, to int64
}

// apart refuses an archive of which two entries share bytes, by name: nobody makes
// such a one by accident, and it unfolds the same bytes again and again.
func apart(z *zip.Reader) error {
	all := make([]stretch, 0, len(z.File))
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil {
			return fmt.Errorf("entry %q: %w", f.Name, err)
		}
		if f.CompressedSize64 > 1<<62 {
			return fmt.Errorf("%w: entry %q says that it has %d bytes", ErrRefused, f.Name, f.CompressedSize64)
		}
		all = append(all, stretch{f.Name, at - localSize - int64(len(f.Name)), at + int64(f.CompressedSize64)})
	}
	slices.SortStableFunc(all, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(all); i++ {
		if before, here := all[i-1], all[i]; here.from < before.to {
			return fmt.Errorf("%w: entries %q and %q of the archive share bytes: ask for another from whoever made it",
				ErrRefused, before.name, here.name)
		}
	}
	return nil
}

// modest refuses an archive of which what may be unfolded would come to far more
// than its own size. An entry that unfolds to too much by itself is left out alone.
func modest(z *zip.Reader, size int64) error {
	total := uint64(0)
	for _, f := range z.File {
		if !bomb(f) {
			total += f.UncompressedSize64 // most at most, mostFiles times
		}
	}
	if limit := uint64(min(most, max(fewest, size*ratioOfAll))); total > limit {
		return fmt.Errorf("%w: the archive of %d bytes would unfold to %d, and %d are the most: "+
			"unpack what is wanted of it, and import the folder", ErrRefused, size, total, limit)
	}
	return nil
}

// bomb says whether an entry would unfold to too much.
func bomb(f *zip.File) bool {
	return f.UncompressedSize64 > most || f.UncompressedSize64 > fewest && f.UncompressedSize64/ratio > f.CompressedSize64
}
