-- One GET in nine, bodies of the size in BODY_BYTES; answers are not looked at.
local bytes = tonumber(os.getenv("BODY_BYTES"))
local shell = '{"user_id":"00000000-0000-4000-8000-000000000000","context":"","previous_messages":[]}'
local body = shell:gsub('"context":""', '"context":"' .. string.rep("x", math.max(0, bytes - #shell)) .. '"')
local get = wrk.format("GET", "/health", { accept = "application/json" })
local headers = { ["content-type"] = "application/json", accept = "application/json" }
local post = wrk.format("POST", "/mcp/v1/sequential-questioning", headers, body)
local sent = 0

function request()
  sent = sent + 1
  if sent % 9 == 0 then return get end
  return post
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests":%d,"failed":%d}\n', summary.requests, failed))
end
