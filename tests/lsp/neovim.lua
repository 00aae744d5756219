-- What a user does in Neovim, headless: `nvim --headless --clean -c 'luafile neovim.lua'`. What came out is written as
-- JSON to $OFFBOOK_ANSWERS; $OFFBOOK_SERVER is the command of the language server.

local answers = {}
local seconds = 60000

local function wait(what, holds)
  if not vim.wait(seconds, holds, 50) then
    error('Neovim waited in vain for ' .. what)
  end
end

local function go(text)
  assert(vim.fn.search('\\V' .. text, 'cw') > 0, 'not in the buffer: ' .. text)
end

local function ask(method, params)
  local found = vim.lsp.buf_request_sync(0, method, params or vim.lsp.util.make_position_params(), seconds)
  local _, answer = next(found or {})
  assert(answer and not answer.error, method .. ': ' .. vim.inspect(answer))
  return answer.result
end

local function story()
  vim.cmd('edit steps.py')
  local client = vim.lsp.start_client({
    name = 'offbook',
    cmd = vim.fn.json_decode(vim.env.OFFBOOK_SERVER),
    root_dir = vim.fn.getcwd(),
  })
  vim.lsp.buf_attach_client(0, client)
  wait('the server', function()
    return vim.lsp.buf_get_clients(0)[client] ~= nil
  end)

  wait('a finding', function()
    return #vim.diagnostic.get(0) > 0
  end)
  local finding = vim.diagnostic.get(0)[1]
  answers.finding = { code = finding.code, line = finding.lnum + 1 }

  local range = finding.user_data.lsp
  local place = { line = finding.lnum, character = finding.col }
  local actions = ask('textDocument/codeAction', {
    textDocument = vim.lsp.util.make_text_document_params(),
    range = { start = place, ['end'] = place },
    context = {
      diagnostics = {
        {
          range = { start = place, ['end'] = { line = finding.end_lnum, character = finding.end_col } },
          message = finding.message,
          code = range.code,
          source = finding.source,
        },
      },
    },
  })
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
  answers.fixed = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  wait('the end of the finding', function()
    return #vim.diagnostic.get(0) == 0
  end)

  go('scale(2)')
  answers.hover = ask('textDocument/hover').contents.value
  vim.lsp.buf.definition()
  wait('the definition', function()
    return vim.fn.getline('.') == 'def scale(value):'
  end)
  vim.cmd('normal! w')
  answers.references = #ask('textDocument/references', vim.tbl_extend('error', vim.lsp.util.make_position_params(), {
    context = { includeDeclaration = true },
  }))
  local edit = ask('textDocument/rename', vim.tbl_extend('error', vim.lsp.util.make_position_params(), {
    newName = 'enlarge',
  }))
  vim.lsp.util.apply_workspace_edit(edit, 'utf-16')
  vim.cmd('wall')

  vim.lsp.stop_client(client)
  wait('the end of the server', function()
    return vim.lsp.client_is_stopped(client)
  end)
end

local done, problem = pcall(story)
if not done then
  answers.problem = tostring(problem)
end
vim.fn.writefile({ vim.fn.json_encode(answers) }, vim.env.OFFBOOK_ANSWERS)
vim.cmd('qall!')
