package sh

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// parse reads a script as mksh does, refuses what mksh does not have, and puts
// the handset's own in the place of what the interpreter would ask the host for.
func (s *shell) parse(script io.Reader, name string) (*syntax.File, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)).Parse(script, name)
	if err != nil {
		var wrong syntax.ParseError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("syntax error: %s", wrong.Text)
		}
		return nil, fmt.Errorf("syntax error: %v", err)
	}
	var refused error
	syntax.Walk(file, func(n syntax.Node) bool {
		if refused == nil {
			refused = s.rewrite(n)
		}
		return refused == nil
	})
	return file, refused
}

// hostVariables are those that the interpreter makes from the host's state.
var hostVariables = map[string]string{"$": ownPID, "PPID": parentPID, "SRANDOM": unset, "DIRSTACK": unset}

func (s *shell) rewrite(n syntax.Node) error {
	switch n := n.(type) {
	case *syntax.ProcSubst:
		return fmt.Errorf("syntax error: unexpected '%s'", n.Op)
	case *syntax.CoprocClause:
		return errors.New("syntax error: co-processes are not supported")
	case *syntax.Stmt:
		if n.Coprocess {
			return errors.New("syntax error: co-processes are not supported")
		}
		if timed, ok := n.Cmd.(*syntax.TimeClause); ok {
			n.Cmd = timeless(timed)
		}
	case *syntax.ParamExp:
		if n.Param != nil {
			if name, ok := hostVariables[n.Param.Value]; ok {
				n.Param.Value, n.Short = name, false
			}
		}
	case *syntax.UnaryTest:
		if n.Op == syntax.TsUsrOwn || n.Op == syntax.TsGrpOwn {
			n.Op = syntax.TsExists
		}
	case *syntax.FuncDecl:
		if n.Name != nil {
			s.mu.Lock()
			s.functions[n.Name.Value] = true
			s.mu.Unlock()
		}
	}
	return nil
}

// timeless makes "time x" into a block that runs x, prints times and keeps the
// status of x.
func timeless(timed *syntax.TimeClause) syntax.Command {
	status := &syntax.Word{Parts: []syntax.WordPart{&syntax.ParamExp{Short: true, Param: &syntax.Lit{Value: "?"}}}}
	report := &syntax.CallExpr{Args: []*syntax.Word{{Parts: []syntax.WordPart{&syntax.Lit{Value: Own + "time"}}}, status}}
	block := &syntax.Block{Stmts: []*syntax.Stmt{{Cmd: report}}}
	if timed.Stmt != nil {
		block.Stmts = append([]*syntax.Stmt{timed.Stmt}, block.Stmts...)
	}
	return block
}

// reparse treats a text that the interpreter is about to parse by itself.
func (s *shell) reparse(text string) (string, error) {
	file, err := s.parse(strings.NewReader(text), s.run.Name)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := syntax.NewPrinter().Print(&out, file); err != nil {
		return "", err
	}
	return out.String(), nil
}
