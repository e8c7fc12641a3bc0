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

// archive takes the one text in a bugreport's zip, or what androidqf has put
// into one: its newer releases write no folder.
func archive(name string, to Sink) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := entriesOf(f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := errors.Join(local(z), apart(z), modest(z, info.Size())); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	entry, err := mainEntry(z)
	if err != nil {
		t, inside := zipped(name, z)
		if !inside {
			return fmt.Errorf("%s: %w", name, err)
		}
		return t.take(to)
	}
	body, err := unfolding(entry)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer body.Close()
	return Bugreport(filepath.Base(name)+"!"+entry.Name, body, to)
}

// local refuses an archive of too many entries, and one with names that lead
// out of it: nothing here would follow them, but nobody makes them by accident.
func local(z *zip.Reader) error {
	if len(z.File) > mostFiles {
		return fmt.Errorf("%w: %d entries, more than %d", ErrRefused, len(z.File), mostFiles)
	}
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) || strings.Contains(f.Name, `\`) {
			return fmt.Errorf("%w: entry %q leads out of the archive", ErrRefused, f.Name)
		}
	}
	return nil
}

// mainEntry finds the text that main_entry.txt names, or that is called
// bugreport-….txt.
func mainEntry(z *zip.Reader) (*zip.File, error) {
	var named string
	for _, f := range z.File {
		if f.Name == "main_entry.txt" && f.UncompressedSize64 < 4<<10 {
			if body, err := f.Open(); err == nil {
				text, err := io.ReadAll(io.LimitReader(body, 4<<10))
				if errors.Join(err, body.Close()) == nil {
					named = strings.TrimSpace(string(text))
				}
			}
		}
	}
	for _, f := range z.File {
		if f.Name == named || named == "" && isBugreport(f.Name) && strings.HasSuffix(f.Name, ".txt") {
			return f, nil
		}
	}
	return nil, fmt.Errorf("no bugreport-….txt in it (main_entry.txt names %q), and no acquisition (packages.json, getprop.txt)", named)
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

// zipped gives the entries of an acquisition's zip as a folder. inside is false
// for an archive of anything else.
func zipped(name string, z *zip.Reader) (t *tree, inside bool) {
	t = &tree{name: name, zipped: true}
	root := commonRoot(z)
	for _, f := range z.File {
		rest := strings.TrimPrefix(f.Name, root)
		first, _, below := strings.Cut(rest, "/")
		switch {
		case first == "" || strings.HasPrefix(first, "."):
		case below:
			if !slices.Contains(t.folders, first) {
				t.folders = append(t.folders, first)
			}
		case !f.Mode().IsRegular():
			t.odd = append(t.odd, first)
		default:
			t.files = append(t.files, item{name: first, size: int64(f.UncompressedSize64), open: func() (io.ReadCloser, error) { return unfolding(f) }})
		}
	}
	slices.SortStableFunc(t.files, func(a, b item) int { return strings.Compare(a.name, b.name) })
	slices.Sort(t.folders)
	return t, t.acquisition() || t.has("getprop.txt", "packages.txt", "dumpsys.txt")
}

// commonRoot gives the one folder that all entries stand in, with its slash.
func commonRoot(z *zip.Reader) string {
	root := ""
	for i, f := range z.File {
		first, _, below := strings.Cut(f.Name, "/")
		if !below || i > 0 && first+"/" != root {
			return ""
		}
		root = first + "/"
	}
	return root
}

// isBugreport tells a bugreport by its file's name.
func isBugreport(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(base, "bugreport") && slices.Contains([]string{".zip", ".txt", ".gz"}, path.Ext(base))
}
