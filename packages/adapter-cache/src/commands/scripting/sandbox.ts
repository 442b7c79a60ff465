/**
 * Lua that makes the world of scripts: it is run once, and gives the environment of scripts, what sets KEYS and ARGV in it,
 * and what makes a table of every error. Functions whose names begin with `host_` are of this side.
 *
 * Lua's own long integers have 32 bits here, so `string.format` hands larger ones over.
 */
export const sandbox = `
local getinfo, setfenv, loadstring, native_pcall = debug.getinfo, setfenv, loadstring, pcall
local type, tostring, tonumber, error, select, unpack = type, tostring, tonumber, error, select, unpack
local native_format, gsub, byte, concat = string.format, string.gsub, string.byte, table.concat
local rawset, setmetatable, rawget = rawset, setmetatable, rawget
local fenv = {}
local world = {}
local protected = {}

local function readonly() error("Attempt to modify a readonly table", 2) end

local function library(functions)
  local proxy = {}
  for name, value in pairs(functions) do proxy[name] = value end
  protected[proxy] = true
  return proxy
end

local function format(template, ...)
  local args, count, large = { ... }, select("#", ...), false
  for index = 1, count do
    local number = tonumber(args[index])
    if number and (number >= 2147483648 or number < -2147483648) then large = true end
  end
  if not large or type(template) ~= "string" then return native_format(template, ...) end
  local index = 0
  template = gsub(template, "%%([-+ #0]*)(%d*)(%.?%d*)(.)", function(flags, width, precision, kind)
    if kind == "%" then return nil end
    index = index + 1
    local number = tonumber(args[index])
    if not number or not kind:find("[diuxXo]") then return nil end
    args[index] = host_integer(flags, width, precision, kind, number)
    return "%s"
  end)
  return native_format(template, unpack(args, 1, count))
end

local function packed(...) return select("#", ...), { ... } end

world.pcall = function(...)
  local count, results = packed(native_pcall(...))
  if results[1] == false and type(results[2]) == "table" and type(results[2].err) == "string" then
    return false, results[2].err
  end
  return unpack(results, 1, count)
end

world.loadstring = function(source, name)
  if type(source) == "string" and byte(source) == 27 then return nil, "bytecode is not allowed" end
  local chunk, message = loadstring(source, name)
  if chunk then setfenv(chunk, fenv) end
  return chunk, message
end

world.load = function(reader, name)
  local parts = {}
  for part in reader do
    if part == "" then break end
    parts[#parts + 1] = part
  end
  return world.loadstring(concat(parts), name or "=(load)")
end

world.rawset = function(target, key, value)
  if protected[target] or target == fenv then readonly() end
  return rawset(target, key, value)
end

world.setmetatable = function(target, meta)
  if protected[target] or target == fenv then readonly() end
  return setmetatable(target, meta)
end

world.collectgarbage = function(what)
  if what == "count" then return collectgarbage("count") end
  return 0
end

for _, name in ipairs({ "assert", "error", "gcinfo", "getmetatable", "ipairs", "next", "pairs", "rawequal", "rawget",
  "select", "tonumber", "tostring", "type", "unpack", "xpcall" }) do
  world[name] = _G[name]
end
world._VERSION = _VERSION
local null = host_null
world.tostring = function(...)
  if select("#", ...) == 1 and (...) == null then return "userdata: (nil)" end
  return tostring(...)
end

local strings = library(string)
strings.format = format
strings.dump = nil
local maths = library(math)
maths.random = host_random
maths.randomseed = host_randomseed
getmetatable("").__index = strings
getmetatable("").__metatable = {}

local redis = library({
  call = host_call, pcall = host_pcall, sha1hex = host_sha1hex, log = host_log, setresp = host_setresp,
  error_reply = host_error_reply, status_reply = host_status_reply,
  replicate_commands = function() return true end, set_repl = function() end, breakpoint = function() return false end,
  debug = function() end, acl_check_cmd = function() return true end,
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
  REPL_NONE = 0, REPL_SLAVE = 1, REPL_REPLICA = 1, REPL_AOF = 2, REPL_ALL = 3,
  REDIS_VERSION = host_version, REDIS_VERSION_NUM = host_version_number,
})
host_version, host_version_number = nil, nil

local function gathered(prefix, names)
  local functions = {}
  for name in names:gmatch("%S+") do functions[name] = _G["host_" .. prefix .. "_" .. name] end
  return functions
end

local json = gathered("cjson", "encode decode encode_max_depth decode_max_depth encode_number_precision")
json.null = host_null
local function constant(value) return function() return value end end
json.encode_invalid_numbers, json.decode_invalid_numbers = constant(false), constant(true)
json.encode_keep_buffer, json.encode_sparse_array = constant(true), function() return false, 2, 10 end
json._NAME, json._VERSION = "cjson", "2.1.0"
json.new = function() return json end
host_null = nil

world.redis = redis
world.string, world.math, world.table, world.coroutine = strings, maths, library(table), library(coroutine)
world.cjson = library(json)
world.cmsgpack = library(gathered("cmsgpack", "pack unpack unpack_one unpack_limit"))
world.struct = library(gathered("struct", "pack unpack size"))
world.bit = library(gathered("bit", "tobit tohex bnot band bor bxor lshift rshift arshift rol ror bswap"))
world._G = fenv

for proxy in pairs(protected) do
  local functions = {}
  for name, value in pairs(proxy) do functions[name], proxy[name] = value, nil end
  setmetatable(proxy, { __index = functions, __newindex = readonly, __metatable = {} })
end
getmetatable("").__index = strings

setmetatable(fenv, {
  __index = function(_, name)
    local value = world[name]
    if value == nil then
      error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
    end
    return value
  end,
  __newindex = readonly,
  __metatable = {},
})

local function give(keys, args) world.KEYS, world.ARGV = keys, args end

local function explain(failure)
  local place
  for level = 2, 30 do
    local info = getinfo(level, "Sl")
    if not info then break end
    if info.source == "@user_script" then place = info break end
  end
  if type(failure) ~= "table" then failure = { err = "ERR " .. tostring(failure) } end
  if place then failure = { err = failure.err, line = place.currentline } end
  return failure
end

return fenv, give, explain
`;
