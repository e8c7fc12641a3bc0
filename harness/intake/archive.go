package intake

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// budget is what all archives of one path may come to.
type budget struct {
	bytes int64 // of archives within archives, unfolded
	files int   // entries of all
}

// mostDeep is how many archives may stand around another; mostNested is how many
// bytes all archives within archives may have. A bugreport within what its maker's
// log tool packs has some 20 MB.
const (
	mostDeep   = 2
	mostNested = 1 << 30
)

// unpack opens an archive as a folder, depth archives deep. Its folder is to be
// closed.
func (f item) unpack(b *budget, depth int) (t *tree, err error) {
	if depth > mostDeep {
		return nil, fmt.Errorf("%w: archives in archives are opened %d deep: unpack it, and import it by its own path", ErrRefused, mostDeep)
	}
	file, err := f.seekable(b)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	z, err := entriesOf(file, info.Size())
	if err != nil {
		return nil, err
	}
	if err := errors.Join(local(z), apart(z), modest(z, info.Size())); err != nil {
		return nil, err
	}
	if b.files -= len(z.File); b.files < 0 {
		return nil, fmt.Errorf("%w: the archives hold more than %d files together", ErrRefused, mostFiles)
	}
	t = zipped(f.name, z)
	t.file, t.budget, t.depth = file, b, depth
	return t, nil
}

// seekable gives a file whose bytes can be read in any order: the item's own, or,
// of one that stands in an archive or is folded, a copy without a name.
func (f item) seekable(b *budget) (*os.File, error) {
	in, err := f.read()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if magic, _ := in.Peek(len(zipMagic)); f.disk != "" && !in.folded {
		if len(magic) == 0 {
			return nil, errors.New("is empty")
		}
		return os.Open(f.disk)
	}
	file, err := os.CreateTemp("", "assay-import-*")
	if err != nil {
		return nil, err
	}
	unnamed := os.Remove(file.Name()) // where a file that is open cannot lose its name, close takes it away
	n, err := io.Copy(file, io.LimitReader(in, b.bytes+1))
	if b.bytes -= n; err == nil && b.bytes < 0 {
		err = fmt.Errorf("%w: the archives within come to more than %d bytes", ErrRefused, mostNested)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close(), again(unnamed, file.Name()))
	}
	return file, nil
}

// again takes a file away that could not be taken away before.
func again(before error, name string) error {
	if before == nil {
		return nil
	}
	return os.Remove(name)
}

// local refuses an archive of too many entries, and one with names that lead
// out of it: nothing here would follow them, but nobody makes them by accident.
func local(z *zip.Reader) error {
	if len(z.File) > mostFiles {
		return fmt.Errorf("%w: %d entries, more than %d", ErrRefused, len(z.File), mostFiles)
	}
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) {
			return fmt.Errorf("%w: entry %q leads out of the archive", ErrRefused, f.Name)
		}
	}
	return nil
}

// unfolding opens an entry, unless it would unfold to too much.
func unfolding(f *zip.File) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, fmt.Errorf("%q is encrypted", f.Name)
	}
	if bomb(f) {
		return nil, fmt.Errorf("%w: %q would unfold from %d to %d bytes", ErrRefused, f.Name, f.CompressedSize64, f.UncompressedSize64)
	}
	body, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", f.Name, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&bounded{in: body, left: int64(f.UncompressedSize64) + 1}, body}, nil
}

// zipped gives the entries of an archive as a folder. A bugreport that stands in a
// folder of it counts as one of its files.
func zipped(name string, z *zip.Reader) *tree {
	t := &tree{name: name, zipped: true}
	root := commonRoot(z)
	for _, f := range z.File {
		rest := strings.TrimPrefix(f.Name, root)
		first, _, below := strings.Cut(rest, "/")
		open := func() (io.ReadCloser, error) { return unfolding(f) }
		entry := item{name: rest, size: int64(f.CompressedSize64), open: open}
		switch {
		case first == "" || strings.HasPrefix(first, "."):
		case below && isBugreport(rest) && f.Mode().IsRegular():
			t.deep = append(t.deep, entry)
			fallthrough
		case below:
			if !slices.Contains(t.folders, first) {
				t.folders = append(t.folders, first)
			}
		case !f.Mode().IsRegular():
			t.odd = append(t.odd, first)
		default:
			t.files = append(t.files, entry)
		}
	}
	slices.SortStableFunc(t.files, func(a, b item) int { return strings.Compare(a.name, b.name) })
	slices.Sort(t.folders)
	return t
}

// commonRoot gives the folder that all entries stand in, with its slash.
func commonRoot(z *zip.Reader) string {
	root := ""
	for i, f := range z.File {
		dir := path.Dir(strings.TrimSuffix(f.Name, "/")) + "/"
		if strings.HasSuffix(f.Name, "/") {
			dir = f.Name
		}
		if i == 0 {
			root = dir
		}
		for !strings.HasPrefix(dir, root) && root != "" {
			root = root[:strings.LastIndexByte(strings.TrimSuffix(root, "/"), '/')+1]
		}
	}
	return strings.TrimPrefix(root, "./")
}

// isBugreport tells a bugreport by its file's name.
func isBugreport(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(base, "bugreport") && slices.Contains([]string{".zip", ".txt", ".gz"}, path.Ext(base))
}
