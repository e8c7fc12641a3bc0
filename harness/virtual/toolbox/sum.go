package toolbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

// sum prints the digest that its name asks for.
func sum(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("b")
	if err != nil {
		return p.Complain("%v", err)
	}
	return each(ctx, p, o.Rest, func(name string, r io.Reader) error {
		digest := map[string]func() hash.Hash{
			"md5sum": md5.New, "sha1sum": sha1.New, "sha224sum": sha256.New224, "sha256sum": sha256.New, "sha512sum": sha512.New,
		}[p.Argv[0]]()
		if _, err := io.Copy(digest, r); err != nil {
			return err
		}
		text := hex.EncodeToString(digest.Sum(nil))
		if !o.Has('b') {
			text += "  " + name
		}
		_, err := fmt.Fprintln(p.Stdout, text)
		return err
	})
}

// cksum is the CRC of POSIX: the length goes into it after the content.
func cksum(ctx context.Context, p *sh.Process) int {
	var table [256]uint32
	for i := range table {
		c := uint32(i) << 24
		for range 8 {
			c = c<<1 ^ 0x04c11db7*(c>>31)
		}
		table[i] = c
	}
	return each(ctx, p, p.Argv[1:], func(name string, r io.Reader) error {
		var crc uint32
		var length int64
		in := bufio.NewReader(r)
		step := func(b byte) { crc = crc<<8 ^ table[byte(crc>>24)^b] }
		for {
			b, err := in.ReadByte()
			if err == io.EOF {
				break
			}
			if err != nil {
				return err
			}
			step(b)
			length++
		}
		for n := length; n > 0; n >>= 8 {
			step(byte(n))
		}
		text := fmt.Sprintf("%d %d", ^crc, length)
		if name != "-" {
			text += " " + name
		}
		_, err := fmt.Fprintln(p.Stdout, text)
		return err
	})
}

func base64Command(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("diw:")
	if err != nil {
		return p.Complain("%v", err)
	}
	width := 76
	if text, ok := o.Set['w']; ok {
		if width, err = strconv.Atoi(text); err != nil {
			return p.Complain("not integer: %s", text)
		}
	}
	return each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
		if o.Has('d') {
			return decode64(p.Stdout, r)
		}
		out := &folding{to: p.Stdout, width: width}
		encoder := base64.NewEncoder(base64.StdEncoding, out)
		if _, err := io.Copy(encoder, r); err != nil {
			return err
		}
		encoder.Close()
		return out.end()
	})
}

// decode64 decodes what is base64 in a text, up to the first =; the rest it skips.
func decode64(w io.Writer, r io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(r, mostKept))
	if err != nil {
		return err
	}
	text, _, _ = bytes.Cut(text, []byte("="))
	digits := text[:0]
	for _, c := range text {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '+' || c == '/' {
			digits = append(digits, c)
		}
	}
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	plain := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, err := base64.RawStdEncoding.Decode(plain, digits)
	if err != nil {
		return err
	}
	_, err = w.Write(plain[:n])
	return err
}

// folding breaks text into lines of a width; 0 means one line without an end.
type folding struct {
	to        io.Writer
	width, at int
}

func (f *folding) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := len(p)
		if f.width > 0 {
			n = min(n, f.width-f.at)
		}
		if _, err := f.to.Write(p[:n]); err != nil {
			return written, err
		}
		written += n
		p = p[n:]
		if f.at += n; f.at == f.width && f.width > 0 {
			if _, err := io.WriteString(f.to, "\n"); err != nil {
				return written, err
			}
			f.at = 0
		}
	}
	return written, nil
}

func (f *folding) end() error {
	if f.at == 0 || f.width == 0 {
		return nil
	}
	_, err := io.WriteString(f.to, "\n")
	return err
}

// xxd dumps in hexadecimal; -p is plain, -r turns a plain dump back.
func xxd(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("pr")
	if err != nil {
		return p.Complain("%v", err)
	}
	return each(ctx, p, o.Rest, func(_ string, r io.Reader) error {
		if o.Has('r') && o.Has('p') {
			_, err := io.Copy(p.Stdout, hex.NewDecoder(hexDigits{r}))
			return err
		}
		if o.Has('r') {
			return undump(p.Stdout, r)
		}
		line, at := make([]byte, 16), 0
		if o.Has('p') {
			line = make([]byte, 30)
		}
		for {
			n, err := io.ReadFull(r, line)
			if n > 0 {
				if _, err := io.WriteString(p.Stdout, xxdLine(line[:n], at, o.Has('p'))); err != nil {
					return err
				}
			}
			at += n
			switch err {
			case nil:
			case io.EOF, io.ErrUnexpectedEOF:
				return nil
			default:
				return err
			}
		}
	})
}

func xxdLine(line []byte, at int, plain bool) string {
	if plain {
		return hex.EncodeToString(line) + "\n"
	}
	var digits, text strings.Builder
	for i := range 16 {
		if i%2 == 0 {
			digits.WriteByte(' ')
		}
		if i >= len(line) {
			digits.WriteString("  ")
			continue
		}
		fmt.Fprintf(&digits, "%02x", line[i])
		if line[i] >= ' ' && line[i] < 127 {
			text.WriteByte(line[i])
		} else {
			text.WriteByte('.')
		}
	}
	return fmt.Sprintf("%08x:%s  %s\n", at, digits.String(), text.String())
}

// undump turns lines of a dump back: an offset, pairs of digits, two spaces, text.
func undump(w io.Writer, r io.Reader) error {
	return eachLine(r, func(line string) error {
		_, dump, _ := strings.Cut(line, ": ")
		dump, _, _ = strings.Cut(dump, "  ")
		plain, err := hex.DecodeString(strings.ReplaceAll(dump, " ", ""))
		if err != nil {
			return err
		}
		_, err = w.Write(plain)
		return err
	})
}

// hexDigits leaves out of a dump what is no digit.
type hexDigits struct{ r io.Reader }

func (h hexDigits) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	kept := 0
	for _, c := range p[:n] {
		if strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 {
			p[kept] = c
			kept++
		}
	}
	return kept, err
}

func cmpCommand(ctx context.Context, p *sh.Process) int {
	o, err := p.Options("s")
	if err != nil || len(o.Rest) != 2 {
		return p.Complain("needs 2 arguments")
	}
	var files [2]*bufio.Reader
	for i, name := range o.Rest {
		f, err := p.Machine.Disk().Open(p.Path(name), 0, 0)
		if err != nil {
			p.Complain("%s: %v", name, err)
			return 2
		}
		defer f.Close()
		files[i] = bufio.NewReader(sh.Cancellable(ctx, f))
	}
	line := 1
	for at := 1; ; at++ {
		a, errA := files[0].ReadByte()
		b, errB := files[1].ReadByte()
		switch {
		case errA != nil && errB != nil:
			return 0
		case errA != nil || errB != nil:
			short := o.Rest[0]
			if errB != nil {
				short = o.Rest[1]
			}
			if !o.Has('s') {
				fmt.Fprintf(p.Stderr, "cmp: EOF on %s\n", short)
			}
			return 2
		case a != b:
			if !o.Has('s') {
				fmt.Fprintf(p.Stdout, "%s %s differ: char %d, line %d\n", o.Rest[0], o.Rest[1], at, line)
			}
			return 1
		case a == '\n':
			line++
		}
	}
}
