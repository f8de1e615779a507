//! Statements with their words, comments and blank lines: what is laid out.
//!
//! The syntax tree says where statements and blocks begin; the tokens say what
//! stands in them and between them. Nothing is dropped but `;` and line ends.

use std::collections::BTreeSet;

use super::lex::{Kind, Token};
use super::words::drop_last_commas;
use crate::syntax::ast::{Block, File, Item, Scalar, Statement};

/// A line of its own, or several.
#[derive(Debug)]
pub(super) struct Node {
    /// Whether a blank line stands before it.
    pub blank: bool,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// A comment on a line of its own.
    Comment(String),
    Statement(Line),
}

/// A statement.
#[derive(Debug)]
pub(super) struct Line {
    pub head: Vec<Piece>,
    pub block: Option<Inside>,
    /// The comment behind it on the same line.
    pub after: Option<String>,
}

/// What stands between `{` and `}`.
#[derive(Debug)]
pub(super) struct Inside {
    pub nodes: Vec<Node>,
    /// The comment behind the `{`.
    pub after_open: Option<String>,
    /// Whether the author wrote it on one line.
    pub one_line: bool,
}

/// A token of a head.
#[derive(Debug)]
pub(super) struct Piece {
    pub token: Token,
    /// Comments between the token before and this one.
    pub comments: Vec<String>,
    /// A `-` that belongs to the number behind it.
    pub signs: bool,
    /// The `where` or `when` of a condition, not a name of that kind.
    pub clause: bool,
    /// Whether it stands in an expression.
    pub inside: bool,
}

/// Brings tokens and tree together.
pub(super) fn nodes(file: &File, tokens: Vec<Token>) -> Vec<Node> {
    let mut marks = Marks::default();
    file.statements.iter().for_each(|statement| marks.statement(statement));
    Builder { tokens, at: 0, marks }.nodes(&file.statements, u32::MAX)
}

/// Where the tree knows more than the tokens.
#[derive(Default)]
struct Marks {
    /// Beginnings of numbers outside expressions: a `-` there is a sign.
    numbers: BTreeSet<u32>,
    /// Beginnings of `where` and `when`.
    clauses: BTreeSet<u32>,
    /// Beginnings and ends of expressions, in order.
    exprs: Vec<(u32, u32)>,
}

impl Marks {
    fn statement(&mut self, statement: &Statement) {
        for item in &statement.items {
            match item {
                Item::Scalar(Scalar::Number(_) | Scalar::Percent(_), span) | Item::Range(_, _, span) => {
                    self.numbers.insert(span.start);
                }
                Item::Clause(word, value) => {
                    self.clauses.insert(word.span.start);
                    self.exprs.push((value.span.start, value.span.end));
                }
                Item::Assign(value) | Item::Call(value) => {
                    self.exprs.push((value.span.start, value.span.end));
                }
                _ => {}
            }
        }
        statement.block.iter().flat_map(|b| &b.statements).for_each(|inner| self.statement(inner));
    }
}

impl Marks {
    fn is_inside(&self, start: u32) -> bool {
        let behind = self.exprs.partition_point(|(first, _)| *first <= start);
        behind.checked_sub(1).and_then(|i| self.exprs.get(i)).is_some_and(|(_, end)| start < *end)
    }
}

struct Builder {
    tokens: Vec<Token>,
    /// The token that comes next.
    at: usize,
    marks: Marks,
}

impl Builder {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next_if(&mut self, wanted: impl Fn(&Token) -> bool) -> Option<Token> {
        let token = self.tokens.get(self.at).filter(|t| wanted(t)).cloned()?;
        self.at += 1;
        Some(token)
    }

    /// Returns where a statement begins; an expression's place leaves out the `=` before it.
    fn begin(&self, statement: &Statement) -> u32 {
        let start = statement.span.start;
        if !matches!(statement.items.first(), Some(Item::Assign(_))) {
            return start;
        }
        let behind = self.tokens.partition_point(|t| t.start < start);
        let sign = self.tokens.get(..behind).and_then(|before| before.iter().rfind(|t| t.is("=")));
        sign.map_or(start, |t| t.start)
    }

    /// Takes the nodes of a block, up to the token that begins at `end`.
    fn nodes(&mut self, statements: &[Statement], end: u32) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            let next = statements.get(index + 1).map_or(end, |next| self.begin(next));
            self.comments(&mut nodes, end);
            let blank = self.peek().is_some_and(|t| t.newlines > 1) && !nodes.is_empty();
            let line = self.line(statement, next.min(end));
            nodes.push(Node { blank, what: What::Statement(line) });
        }
        self.comments(&mut nodes, end);
        nodes
    }

    /// Takes the comments on lines of their own, and separators.
    fn comments(&mut self, nodes: &mut Vec<Node>, end: u32) {
        while let Some(token) = self.next_if(|t| t.start < end && (t.kind == Kind::Comment || t.is(";"))) {
            if token.kind == Kind::Comment {
                let blank = token.newlines > 1 && !nodes.is_empty();
                nodes.push(Node { blank, what: What::Comment(token.text) });
            }
        }
    }

    fn line(&mut self, statement: &Statement, next: u32) -> Line {
        let body = statement.block.as_ref();
        let head = self.head(body.map_or(next, |block| block.span.start));
        let block = body.map(|block| self.block(block));
        let after = self.comment_behind(next);
        Line { head, block, after }
    }

    /// Takes the words before `end`; the comments behind the last word are left.
    fn head(&mut self, end: u32) -> Vec<Piece> {
        let mut head: Vec<Piece> = Vec::new();
        let mut comments = Vec::new();
        while self.goes_on(end) {
            let Some(token) = self.next_if(|_| true) else { break };
            if token.kind == Kind::Comment {
                comments.push(token.text);
                continue;
            }
            let signs = token.is("-") && self.marks.numbers.contains(&token.start);
            let clause = self.marks.clauses.contains(&token.start);
            let inside = self.marks.is_inside(token.start);
            head.push(Piece { token, comments: std::mem::take(&mut comments), signs, clause, inside });
        }
        drop_last_commas(&mut head);
        head
    }

    /// Tells whether words of the statement follow, perhaps behind comments.
    fn goes_on(&self, end: u32) -> bool {
        let mut ahead = self.tokens.iter().skip(self.at);
        let next = ahead.find(|t| t.kind != Kind::Comment);
        next.is_some_and(|t| t.start < end && !t.is(";") && !t.is("}"))
    }

    fn block(&mut self, block: &Block) -> Inside {
        let end = block.span.end.saturating_sub(1);
        // Behind a comma comments may stand before the brace: the one on the line of the head stays there, behind the
        // brace, and others move into the block.
        let mut after_open = self.comment_behind(block.span.start);
        let mut before = Vec::new();
        self.comments(&mut before, block.span.start);
        let inside = self.tokens.iter().skip(self.at + 1).take_while(|t| t.start <= end);
        let one_line = inside.fold(true, |one, t| one && t.newlines == 0 && !t.text.contains('\n'));
        self.next_if(|t| t.is("{"));
        let one_line = one_line && after_open.is_none();
        if after_open.is_none() && before.is_empty() {
            after_open = self.comment_behind(end);
        }
        before.extend(self.nodes(&block.statements, end));
        self.next_if(|t| t.start == end && t.is("}"));
        Inside { nodes: before, after_open, one_line }
    }

    /// Takes a comment on the same line, perhaps behind `;`.
    fn comment_behind(&mut self, end: u32) -> Option<String> {
        while self.next_if(|t| t.is(";") && t.newlines == 0 && t.start < end).is_some() {}
        let behind = |t: &Token| t.kind == Kind::Comment && t.newlines == 0 && t.start < end;
        self.next_if(behind).map(|t| t.text)
    }
}
