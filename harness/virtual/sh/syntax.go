package sh

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// parse reads a script as mksh does, refuses what mksh does not have and what the
// interpreter would do wrongly, and puts the handset's own in the place of what the
// interpreter would do in bash's way or ask the host for.
func (s *shell) parse(script io.Reader, name string) (*syntax.File, error) {
	return s.parseAs(script, name, true)
}

func (s *shell) parseAs(script io.Reader, name string, top bool) (*syntax.File, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangMirBSDKorn)).Parse(script, name)
	if err != nil {
		var wrong syntax.ParseError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("syntax error: %s", wrong.Text)
		}
		return nil, fmt.Errorf("syntax error: %w", err)
	}
	if err := refuseAll(file); err != nil {
		return nil, err
	}
	r := &rewriter{shell: s, top: top, readOnly: makesReadOnly(file), done: map[*syntax.CallExpr]bool{}}
	syntax.Walk(file, r.visit)
	return file, nil
}

// rewriter changes a script's tree so that the interpreter does what mksh does.
type rewriter struct {
	shell    *shell
	top      bool          // it is the script itself, and no text that is evaluated
	readOnly bool          // it makes variables read-only
	open     []syntax.Node // the nodes that are being visited, outermost first
	done     map[*syntax.CallExpr]bool
}

// visit is called before a node's children, and with nil after them.
func (r *rewriter) visit(n syntax.Node) bool {
	if n == nil {
		r.open = r.open[:len(r.open)-1]
		return true
	}
	switch n := n.(type) {
	case *syntax.Stmt:
		r.statement(n)
	case *syntax.BinaryCmd:
		if n.Op == syntax.Pipe { // its last part runs in a subshell, too
			n.Y = statement(&syntax.Subshell{Stmts: []*syntax.Stmt{n.Y}})
		}
	case *syntax.CallExpr:
		r.call(n)
	case *syntax.WordIter:
		escapeSequences(n.Items)
	case *syntax.Word:
		n.Parts = r.parts(n.Parts)
	case *syntax.DblQuoted:
		n.Parts = r.parts(n.Parts)
	case *syntax.ParamExp:
		r.parameter(n)
	case *syntax.UnaryTest:
		if n.Op == syntax.TsUsrOwn || n.Op == syntax.TsGrpOwn {
			n.Op = syntax.TsExists
		}
	case *syntax.DeclClause:
		r.declaration(n)
	case *syntax.FuncDecl:
		if n.Name != nil {
			r.shell.mu.Lock()
			r.shell.functions[n.Name.Value] = true
			r.shell.mu.Unlock()
		}
	default:
		rewriteArithmetic(n)
	}
	r.open = append(r.open, n)
	return true
}

// inside says whether a node of a kind is being visited.
func inside[N syntax.Node](r *rewriter) bool {
	for _, n := range r.open {
		if _, ok := n.(N); ok {
			return true
		}
	}
	return false
}

// statement rewrites what depends on a command's redirections and assignments.
func (r *rewriter) statement(n *syntax.Stmt) {
	for _, redirect := range n.Redirs {
		if redirect.Op == syntax.RdrClob {
			redirect.Op = syntax.RdrOut
			redirect.Word = &syntax.Word{Parts: append([]syntax.WordPart{literal(clobber)}, redirect.Word.Parts...)}
		}
	}
	switch c := n.Cmd.(type) {
	case *syntax.TimeClause:
		n.Cmd = timeless(c)
	case *syntax.DeclClause:
		if len(c.Args) == 0 || len(c.Args) == 1 && c.Args[0].Naked && c.Args[0].Value != nil && c.Args[0].Value.Lit() == "-p" {
			n.Cmd = call(Own+"variables", literal(c.Variant.Value), literal(map[bool]string{true: "names", false: "values"}[len(c.Args) == 0]))
		}
	case *syntax.CallExpr:
		r.simple(n, c)
	}
}

// simple rewrites a simple command whose failing assignment or redirection ends the
// shell, and one whose assignments outlive it.
func (r *rewriter) simple(n *syntax.Stmt, c *syntax.CallExpr) {
	if r.done[c] { // it is part of what it was rewritten to
		return
	}
	r.done[c] = true
	first := ""
	if len(c.Args) > 0 {
		first = c.Args[0].Lit()
	}
	switch {
	case len(c.Args) == 0 && r.readOnly && !n.Negated && !n.Background:
		check := call(Own+"assigned", parameter("?"))
		for _, a := range c.Assigns {
			check.Args = append(check.Args, word(literal(a.Name.Value)))
		}
		n.Cmd = &syntax.BinaryCmd{Op: syntax.OrStmt, X: statement(c), Y: statement(check)}
	case len(c.Assigns) > 0 && outliving[first]:
		n.Cmd = &syntax.Block{Stmts: []*syntax.Stmt{
			statement(&syntax.CallExpr{Assigns: c.Assigns}), statement(&syntax.CallExpr{Args: c.Args})}}
	case len(n.Redirs) > 0 && !n.Negated && !n.Background && (first == ":" || first == "exec" && len(c.Args) == 1):
		inner := statement(c)
		inner.Redirs, n.Redirs = n.Redirs, nil
		n.Cmd = &syntax.BinaryCmd{Op: syntax.OrStmt, X: inner, Y: statement(call(Own+"end", literal("1")))}
	}
}

// outliving are the special builtins before which an assignment stays.
var outliving = map[string]bool{":": true, ".": true, "eval": true, "set": true, "shift": true, "trap": true, "unset": true}

// call rewrites a simple command by its name.
func (r *rewriter) call(n *syntax.CallExpr) {
	escapeSequences(n.Args)
	if len(n.Args) == 0 {
		return
	}
	switch n.Args[0].Lit() {
	case "return":
		if len(n.Args) == 1 {
			n.Args = append(n.Args, word(parameter("?")))
		}
		if r.top && !inside[*syntax.FuncDecl](r) {
			n.Args[0] = word(literal("exit"))
		}
	case "shift":
		n.Args = append([]*syntax.Word{n.Args[0], word(parameter("#"))}, n.Args[1:]...)
	case "trap":
		if len(n.Args) > 1 && (inside[*syntax.Subshell](r) || inside[*syntax.CmdSubst](r)) {
			n.Args = []*syntax.Word{word(literal(Own + "complain")), word(literal("trap: a subshell of this shell takes no traps"))}
		}
	}
}

// declaration gives declarations the reach that they have in mksh.
func (r *rewriter) declaration(n *syntax.DeclClause) {
	inFunction := inside[*syntax.FuncDecl](r)
	switch n.Variant.Value {
	case "typeset":
		if inFunction {
			n.Variant.Value = "declare"
		}
	case "local":
		if !inFunction && r.top {
			n.Variant.Value = "typeset"
		}
	}
}

// hostVariables are those that the interpreter makes from the host's state.
var hostVariables = map[string]string{"$": ownPID, "PPID": parentPID, "SRANDOM": unset, "DIRSTACK": unset}

func (r *rewriter) parameter(n *syntax.ParamExp) {
	if n.Param == nil {
		return
	}
	if name, ok := hostVariables[n.Param.Value]; ok {
		n.Param.Value, n.Short = name, false
	}
	if beyondNine(n) { // the interpreter knows $1 to $9
		n.Slice = &syntax.Slice{Offset: word(literal(n.Param.Value)), Length: word(literal("1"))}
		n.Param, n.Short = literal("*"), false
	}
	rewriteArithmetic(n)
}

// parts rewrites parameters that another part must stand for.
func (r *rewriter) parts(parts []syntax.WordPart) []syntax.WordPart {
	var all []syntax.WordPart
	for i, part := range parts {
		p, ok := part.(*syntax.ParamExp)
		if !ok || p.Param == nil || !plain(p) {
			if all != nil {
				all = append(all, part)
			}
			continue
		}
		instead := []syntax.WordPart{p}
		switch p.Param.Value {
		case "-":
			instead = append(instead, literal(r.shell.flags()))
		case "LINENO":
			if !r.shell.run.File { // of sh -c it is 0
				instead[0] = literal("0")
			}
		case "SECONDS", "EPOCHREALTIME":
			instead[0] = substitution(call(Own+"clock", literal(p.Param.Value)))
		default:
			if all != nil {
				all = append(all, part)
			}
			continue
		}
		if all == nil {
			all = append(make([]syntax.WordPart, 0, len(parts)+1), parts[:i]...)
		}
		all = append(all, instead...)
	}
	if all == nil {
		return parts
	}
	return all
}

// flags are those of $- that do not come from set: commands are remembered, text is
// UTF-8, and the script is an argument.
func (s *shell) flags() string {
	if s.run.File {
		return "hU"
	}
	return "hUc"
}

// escapeSequences keeps {1..3} as it is: mksh makes alternatives of braces, and no
// sequences.
func escapeSequences(words []*syntax.Word) {
	for _, w := range words {
		for _, part := range w.Parts {
			if l, ok := part.(*syntax.Lit); ok && strings.Contains(l.Value, "..") {
				l.Value = braceSequence.ReplaceAllString(l.Value, `\{$1\}`)
			}
		}
	}
}

// timeless makes "time x" into a block that runs x, prints times and keeps the
// status of x.
func timeless(timed *syntax.TimeClause) syntax.Command {
	block := &syntax.Block{Stmts: []*syntax.Stmt{statement(call(Own+"time", parameter("?")))}}
	if timed.Stmt != nil {
		block.Stmts = append([]*syntax.Stmt{timed.Stmt}, block.Stmts...)
	}
	return block
}

// Nodes that rewriting makes.

func literal(text string) *syntax.Lit { return &syntax.Lit{Value: text} }

func word(parts ...syntax.WordPart) *syntax.Word { return &syntax.Word{Parts: parts} }

func parameter(name string) *syntax.ParamExp {
	return &syntax.ParamExp{Short: true, Param: literal(name)}
}

func statement(c syntax.Command) *syntax.Stmt { return &syntax.Stmt{Cmd: c} }

// call is a simple command: its name, and words of one part each.
func call(name string, args ...syntax.WordPart) *syntax.CallExpr {
	c := &syntax.CallExpr{Args: []*syntax.Word{word(literal(name))}}
	for _, a := range args {
		c.Args = append(c.Args, word(a))
	}
	return c
}

func substitution(c *syntax.CallExpr) *syntax.CmdSubst {
	return &syntax.CmdSubst{Stmts: []*syntax.Stmt{statement(c)}}
}

// reparse treats a text that the interpreter is about to parse by itself.
func (s *shell) reparse(text string) (string, error) {
	file, err := s.parseAs(strings.NewReader(text), s.run.Name, false)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := syntax.NewPrinter().Print(&out, file); err != nil {
		return "", err
	}
	return out.String(), nil
}
