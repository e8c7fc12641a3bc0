package intake

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"assay/harness/evidence"
)

// Left says whether what a piece's coverage tells is that a file, or the rest of it, was
// not taken in: whoever imports it is to be told. That a part of a bugreport is not
// whole is the report's own affair.
func Left(p Piece, c evidence.Coverage) bool {
	switch {
	case p.Source == NotTaken, c.State == evidence.NotRun:
		return true
	case len(p.Origin) == 1, p.Origin[1] == encoded:
		return c.State == evidence.Truncated || c.State == evidence.Empty
	}
	return false
}

// tally keeps account of whether anything was taken in, and of why not.
type tally struct {
	Sink
	piece   Piece
	bytes   int64 // of the piece, and of those since the file began
	taken   int64
	refused bool
	why     []string
}

// counted counts what a piece is given.
type counted struct {
	io.Writer
	n *int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	*c.n += int64(n)
	return n, err
}

func (y *tally) Begin(p Piece) (io.Writer, error) {
	y.piece = p
	body, err := y.Sink.Begin(p)
	if p.Source == NotTaken || err != nil {
		return body, err
	}
	return counted{body, &y.bytes}, nil
}

func (y *tally) End(c evidence.Coverage) error {
	if Left(y.piece, c) {
		why := c.Reason
		if name := y.piece.Origin[0]; !strings.HasPrefix(why, name) {
			why = name + ": " + why
		}
		y.why = append(y.why, why)
	}
	return y.Sink.End(c)
}

// endFile ends the account of one file. What was read of one that was refused does not
// count: of a bomb that is what it unfolds to.
func (y *tally) endFile(refused error) {
	if refused == nil {
		y.taken += y.bytes
	}
	y.refused = y.refused || refused != nil
	y.bytes = 0
}

// nothing is the error of a path of which nothing was taken in.
func (y *tally) nothing(name string) error {
	if y.taken > 0 {
		return nil
	}
	err := fmt.Errorf("%s: nothing of it can be read", name)
	if y.refused {
		err = fmt.Errorf("%s: %w: nothing of it can be read", name, ErrRefused)
	}
	for i, why := range y.why {
		if i == fewReasons {
			return fmt.Errorf("%w; and %d more", err, len(y.why)-i)
		}
		err = fmt.Errorf("%w; %s", err, why)
	}
	return err
}

// refusal gives an error that is for safety; nil: it is another's.
func refusal(err error) error {
	if errors.Is(err, ErrRefused) {
		return err
	}
	return nil
}
