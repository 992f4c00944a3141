// Writes the reference of docs/library.md from the declarations of src/index.ts and src/mock.ts and their doc comments:
// `npm run docs`. `node scripts/api-docs.js --check [folder]` writes nothing, tells what has no doc comment or is out of date,
// and fails then.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

const words = process.argv.slice(2);
const check = words.includes('--check');
const root = resolve(words.find((word) => !word.startsWith('--')) ?? '.');
const page = join(root, 'docs/library.md');
const entries = { 'src/index.ts': 'sqload', 'src/mock.ts': 'sqload/mock' };
const begin = '<!-- From here on the page is written by `npm run docs` from the doc comments in src/. -->';

const options = { module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true, noEmit: true, strict: true };
const program = ts.createProgram({
  rootNames: Object.keys(entries).map((file) => join(root, file)),
  options: { ...options, target: ts.ScriptTarget.ES2023, types: ['node'] },
});
const checker = program.getTypeChecker();
const problems = [];
const anchorsTaken = new Map();

function handWritten() {
  const [before, after] = readFileSync(page, 'utf8').split(begin);
  if (after === undefined) throw new Error(`docs/library.md lacks the line ${begin}`);
  return before;
}

/** Values before types, each in the order of the entry file. */
function exportsOf(file) {
  const source = program.getSourceFile(join(root, file));
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} exports nothing`);
  const symbols = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
  const isValue = (symbol) => (symbol.flags & ts.SymbolFlags.Value) !== 0;
  return [...symbols.filter(isValue), ...symbols.filter((symbol) => !isValue(symbol))];
}

function chapter(name, symbols) {
  const short = symbols.filter(isShort);
  const long = symbols.filter((symbol) => !short.includes(symbol));
  const rows = short.map((symbol) => row(symbol, symbol.declarations[0]));
  const anchors = long.map((symbol) => `[${symbol.name}](#${anchorOf(symbol.name)})`);
  const shared = short.length === 0 ? '' : anchorOf(shortTypes(name));
  const links = [...anchors, ...short.map((symbol) => `[${symbol.name}](#${shared})`)];
  return [
    `## \`${name}\`\n`,
    `${links.join(' · ')}\n`,
    ...long.map(section),
    ...(rows.length === 0 ? [] : [`### ${shortTypes(name)}\n`, ...table(rows)]),
  ].join('\n');
}

/** As code hosts make them of headings; a second one of the same letters gets a number. */
function anchorOf(heading) {
  const slug = heading
    .toLowerCase()
    .replaceAll(' ', '-')
    .replace(/[^\w-]/g, '');
  const before = anchorsTaken.get(slug) ?? 0;
  anchorsTaken.set(slug, before + 1);
  return before === 0 ? slug : `${slug}-${before}`;
}

const shortTypes = (name) => `Short types of ${name}`;

/** Types without members of their own need no section, unless much is to be said. */
const isShort = (symbol) => {
  const [declaration] = symbol.declarations;
  const isFlat = ts.isTypeAliasDeclaration(declaration) && memberNodes(declaration).length === 0;
  return isFlat && !/^- /m.test(commentOf(symbol));
};

function row(symbol, declaration) {
  const doc = docOf(symbol, `${where(declaration)}: ${symbol.name}`);
  return `| \`${symbol.name}\` | ${cell(code(aliasText(declaration)))} | ${cell(oneLine(doc))} |`;
}

const table = (rows) => (rows.length === 0 ? [] : ['| Name | Type | |', '|---|---|---|', ...rows, '']);

function section(symbol) {
  const [declaration] = symbol.declarations;
  checkBases(symbol, declaration);
  return [
    `### ${symbol.name}\n`,
    `${code(signature(symbol, declaration))} ([source](../${where(declaration)}))\n`,
    ...paragraphs(docOf(symbol, `${where(declaration)}: ${symbol.name}`)),
    ...throwsOf(symbol).map((text) => `${text}\n`),
    ...membersOf(symbol, declaration),
  ].join('\n');
}

const where = (node) => relative(root, node.getSourceFile().fileName).split(sep).join('/');

/** What stands in the code, on one line; a type that is computed in the code is spelled out. */
function signature({ name }, declaration) {
  if (ts.isVariableDeclaration(declaration) || ts.isFunctionDeclaration(declaration))
    return valueText(name, declaration);
  if (ts.isClassDeclaration(declaration)) return `class ${name}${heritage(declaration)}`;
  if (ts.isInterfaceDeclaration(declaration)) return `interface ${name}${heritage(declaration)}`;
  return `type ${name} = ${aliasText(declaration)}`;
}

function valueText(name, node) {
  const type = checker.getTypeAtLocation(node.name);
  const [call] = type.getCallSignatures();
  if (!call) return `const ${name}`;
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.WriteArrowStyleSignature;
  const shown = call.parameters.map((parameter) => {
    const { valueDeclaration } = parameter;
    const optional = valueDeclaration.initializer || valueDeclaration.questionToken ? '?' : '';
    return `${parameter.name}${optional}: ${checker.typeToString(checker.getTypeOfSymbol(parameter), node, flags)}`;
  });
  return `${name}(${shown.join(', ')}): ${checker.typeToString(call.getReturnType(), node, flags)}`;
}

/** What it extends, but for what only the code itself needs. */
const heritage = (declaration) => {
  const shown = basesOf(declaration).filter((base) => !isInner(base));
  return shown.length === 0 ? '' : ` extends ${shown.map((base) => base.getText()).join(', ')}`;
};

const basesOf = ({ heritageClauses = [] }) => heritageClauses.flatMap(({ types }) => types);

/** Whether it is a type of src/ that no entry exports. */
function isInner({ expression }) {
  return where(declarationOf(expression)).startsWith('src/') && !named().has(expression.getText());
}

/** The types of an entry have no member that only an inner type declares. */
function checkBases(symbol, declaration) {
  const own = new Set(memberNodes(declaration).map((member) => member.name?.getText()));
  for (const base of ts.isInterfaceDeclaration(declaration) ? basesOf(declaration).filter(isInner) : [])
    for (const { name } of checker.getTypeAtLocation(base).getProperties())
      if (!own.has(name))
        problems.push(`${where(declaration)}: ${symbol.name}.${name} is declared nowhere but in ${base.getText()}`);
}

const aliasText = ({ type }) =>
  (wordsOf(type) ?? oneLine(type.getText().replace(/\/\*[\s\S]*?\*\//g, ''))).replace(/^\| /, '');

/** A union of words or numbers, in the order in which the code lists them; null: the type is something else. */
function wordsOf(node) {
  if (ts.isLiteralTypeNode(node)) return oneLine(node.getText());
  if (ts.isParenthesizedTypeNode(node)) return wordsOf(node.type);
  if (ts.isUnionTypeNode(node)) {
    const parts = node.types.map(wordsOf);
    return parts.includes(null) ? null : parts.join(' | ');
  }
  if (ts.isTypeReferenceNode(node)) {
    const declaration = declarationOf(node.typeName);
    return ts.isTypeAliasDeclaration(declaration) ? wordsOf(declaration.type) : null;
  }
  return ts.isIndexedAccessTypeNode(node) ? listed(node) : null;
}

/** `(typeof list)[number]`, `(typeof table)[keyof typeof table]`, `Union['kind']`. */
function listed({ objectType, indexType }) {
  const type = checker.getTypeFromTypeNode(objectType);
  if (checker.isTupleType(type)) return literals(checker.getTypeArguments(type));
  if (ts.isTypeOperatorNode(indexType))
    return literals(type.getProperties().map((property) => checker.getTypeOfSymbol(property)));
  if (!type.isUnion() || !ts.isLiteralTypeNode(indexType)) return null;
  return literals(type.types.map((part) => checker.getTypeOfSymbol(part.getProperty(indexType.literal.text))));
}

const literals = (types) => types.map((type) => checker.typeToString(type).replaceAll('"', "'")).join(' | ');

function declarationOf(name) {
  const symbol = checker.getSymbolAtLocation(name);
  return (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).declarations[0];
}

function membersOf(symbol, declaration) {
  const members = memberNodes(declaration).flatMap((member) => {
    if (!member.name || isHidden(member)) return [];
    const name = member.name.getText();
    const told = checker.getSymbolAtLocation(member.name);
    const type = typeText(member);
    // A type with one value, as that of `kind`, says all.
    const doc = /^('[^']*'|\d+)$/.test(type)
      ? commentOf(told)
      : docOf(told, `${where(member)}: ${symbol.name}.${name}`);
    const optional = member.questionToken ? '?' : '';
    const text = [oneLine(doc), ...throwsOf(told)].join(' ');
    return [`| \`${name}${optional}\` | ${cell(code(type))} | ${cell(text)} |`];
  });
  return table(members);
}

function memberNodes(declaration) {
  if (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)) return declaration.members;
  if (ts.isTypeAliasDeclaration(declaration) && ts.isTypeLiteralNode(declaration.type)) return declaration.type.members;
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return [];
  const value = ts.isAsExpression(declaration.initializer)
    ? declaration.initializer.expression
    : declaration.initializer;
  return ts.isObjectLiteralExpression(value) ? value.properties : [];
}

const isHidden = (member) =>
  ts.isConstructorDeclaration(member) ||
  ts.isPrivateIdentifier(member.name) ||
  (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Override)) !== 0;

function typeText(member) {
  if (ts.isMethodSignature(member) || ts.isMethodDeclaration(member)) {
    const parameters = member.parameters.filter(({ name }) => name.getText() !== 'this').map((each) => each.getText());
    return oneLine(`(${parameters.join(', ')}) => ${member.type?.getText() ?? 'void'}`);
  }
  if (!member.type) return checker.typeToString(checker.getTypeAtLocation(member));
  const parts = ts.isUnionTypeNode(member.type) ? member.type.types : [member.type];
  return parts
    .filter((part) => !(member.questionToken && part.kind === ts.SyntaxKind.UndefinedKeyword))
    .map(partText)
    .join(' | ');
}

/** A union of words is shown with its words, unless it has a section of its own. */
const partText = (node) => {
  const own = ts.isTypeReferenceNode(node) && named().has(node.typeName.getText());
  return (own ? null : wordsOf(node)) ?? oneLine(node.getText());
};

function named() {
  named.names ??= new Set(Object.keys(entries).flatMap((file) => exportsOf(file).map(({ name }) => name)));
  return named.names;
}

function docOf(symbol, told) {
  const text = commentOf(symbol);
  if (text === '') problems.push(`${told} has no doc comment`);
  return text;
}

/** A union that is taken from a list has the comment of the list. */
function commentOf(symbol) {
  const own = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const [declaration] = symbol.declarations ?? [];
  if (own !== '' || !declaration || !ts.isTypeAliasDeclaration(declaration)) return own;
  const list = ts.isIndexedAccessTypeNode(declaration.type) ? unwrapped(declaration.type.objectType) : null;
  return list && ts.isTypeQueryNode(list) ? commentOf(checker.getSymbolAtLocation(list.exprName)) : own;
}

const unwrapped = (node) => (ts.isParenthesizedTypeNode(node) ? node.type : node);

const throwsOf = (symbol) =>
  symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === 'throws')
    .map(({ text }) => `Throws ${oneLine(ts.displayPartsToString(text))}`);

/** Indented lines of a comment are an example, which a test runs. */
function paragraphs(comment) {
  const shown = [];
  for (const paragraph of comment.split(/\n\n+/)) {
    const lines = paragraph.split('\n');
    const isExample = lines.every((line) => line.startsWith('    '));
    const last = shown.at(-1);
    if (!isExample) shown.push({ lines: [joined(lines)], isExample });
    else if (last?.isExample) last.lines.push('', ...lines);
    else shown.push({ lines, isExample });
  }
  return shown.map(({ lines, isExample }) =>
    isExample ? `\`\`\`js\n${lines.map((line) => line.slice(4)).join('\n')}\n\`\`\`\n` : `${lines.join('\n')}\n`,
  );
}

/** Lines of a paragraph as one, but for the items of a list. */
const joined = (lines) =>
  lines.reduce((text, line) => `${text}${/^- /.test(line) ? '\n' : ' '}${line.trim()}`, '').trim();

const oneLine = (text) => text.replace(/\s+/g, ' ').trim();
const code = (text) => `\`${text}\``;
const cell = (text) => text.replaceAll('|', '\\|');

const written = Object.entries(entries).map(([file, name]) => chapter(name, exportsOf(file)));
const text = `${handWritten()}${begin}\n\n${written.join('\n')}`;
if (check && readFileSync(page, 'utf8') !== text)
  problems.push('docs/library.md: out of date, "npm run docs" writes it');
if (!check) writeFileSync(page, text);
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
