/** Scripts, with their keys and arguments after them where there are any: `script |key key|arg arg`. */
export const scripts = String.raw`
return 1
return 3.99
return -3.99
return 'text'
return true
return false
return nil
return {1, 2, 'a', nil, 4}
return {1, {2, {3, 'x'}}, true, false, 5}
return {}
return {ok = 'fine'}
return {err = 'MY error'}
return {double = 3.5}
return {map = {a = 1}}
return {set = {a = true}}
return redis.status_reply('WELL')
return redis.error_reply('My Err')
return redis.error_reply('Oops')
return redis.error_reply('-CODE with dash')
return redis.error_reply()
return KEYS[1] .. ARGV[1] .. ARGV[2] |k1|a1 a2
return {#KEYS, #ARGV, KEYS[3] == nil} |k1 k2|a1
return redis.call('set', KEYS[1], ARGV[1]) |scr:a|value
return redis.call('get', KEYS[1]) |scr:a
return redis.call('get', 'scr:none')
return redis.call('incrby', KEYS[1], 5) |scr:n
return redis.call('incrby', KEYS[1], 5) + 0.5 |scr:n
return redis.call('incr', KEYS[1]) |scr:a
return redis.pcall('incr', KEYS[1]) |scr:a
return redis.pcall('incr', KEYS[1]).err |scr:a
local ok, e = pcall(redis.call, 'incr', KEYS[1]) return {tostring(ok), e} |scr:a
local ok, e = pcall(error, {err = 'X y'}) return {tostring(ok), tostring(e)}
local ok, e = pcall(error, 'plain') return {tostring(ok), e}
local ok, e = pcall(error) return {tostring(ok), tostring(e)}
return select('#', pcall(function() return 1, nil, nil end))
return redis.call('rpush', KEYS[1], 'a', 'b', 1, 2.5) |scr:l
return redis.call('lrange', KEYS[1], 0, -1) |scr:l
return redis.call('hset', KEYS[1], 'f', '1', 'g', '2') |scr:h
return redis.call('hgetall', KEYS[1]) |scr:h
redis.setresp(3) return redis.call('hgetall', KEYS[1]).map.f |scr:h
redis.setresp(3) return redis.call('get', 'scr:none') == nil
redis.setresp(4)
return redis.call('zadd', KEYS[1], 1.5, 'm') |scr:z
return redis.call('zrange', KEYS[1], 0, -1, 'withscores') |scr:z
return redis.call('zscore', KEYS[1], 'm') |scr:z
redis.setresp(3) return redis.call('zscore', KEYS[1], 'm') |scr:z
return type(redis.call('zscore', KEYS[1], 'm')) |scr:z
return redis.call('type', KEYS[1]) |scr:z
return redis.call('type', KEYS[1]).ok |scr:z
return redis.call('incr', 'scr:undeclared')
return redis.call('lpop', 'scr:a')
redis.call('set', 'scr:before', 1) error('after') |
return redis.call('get', 'scr:before')
return redis.call('blpop', 'scr:l2', 0)
return redis.call('blmove', 'scr:l2', 'scr:l3', 'LEFT', 'LEFT', 0)
return redis.call('xadd', KEYS[1], '1-1', 'f', 'v') |scr:x
return redis.call('xrange', KEYS[1], '-', '+') |scr:x
return redis.call('incr')
return redis.call('get', 'a', 'b')
return redis.call('nosuch')
return redis.call('subscribe', 'x')
return redis.call('watch', 'x')
return redis.call('multi')
return redis.call('eval', 'return 1', 0)
return redis.call()
return redis.call({})
return redis.call('set', 'x', true)
return redis.call('ping')
return redis.call('echo', 'x')
return redis.call('select', 1) |
redis.call('select', 1) redis.call('set', 'scr:one', 1) redis.call('select', 0) return redis.call('get', 'scr:one')
redis.call('select', 1) return redis.call('del', 'scr:one')
error('deep')
error({err = 'My Err'})
error()
error('no place', 0)
local function f() error('deeper') end f()
return 1 + nil
return nil .. 'x'
return undefined
undefined = 1
local t = _G t.x = 1
string.x = 1
redis.call = nil
return rawget(_G, 'print') == nil
return print
return os
return io
return require
return dofile
return loadfile
return debug
return 1 +
return 'unfinished
this is no lua
return tostring(tonumber('1700000000') * 1000)
return string.format('%d %s %5.2f %x', 1700000000000, 'a', 3.14159, 255)
return string.format('%5d|%-5d|%05d|%+d', 42, 42, 42, 42)
return string.format('%d', 9007199254740993)
return string.format('%x', 1099511627776)
return string.format('%q', 'a "b"\n')
return string.format('%d', '17000000000')
return tostring(7 / 1)
return tostring(1e15) .. ' ' .. tostring(1e14) .. ' ' .. tostring(0.1)
return 10000000000000000
return 9007199254740993
return tostring(2^53)
return 2^53
return 1e300
return table.concat({1, 2, 3}, ',')
local t = {3, 1, 2} table.sort(t) return t
local t = {} table.insert(t, 'a') table.insert(t, 1, 'b') return t
return unpack({1, 2, 3})
return {unpack({1, 2, 3})}
return loadstring('return 1 + 1')()
return tostring(loadstring('return ('))
return select('#', loadstring('return ('))
return {math.floor(3.7), math.max(1, 5, 3)}
return math.random(0)
math.randomseed(7) return tostring(math.random())
math.randomseed(42) return {math.random(1000), math.random(1000)}
return string.rep('ab', 3) .. ('x'):upper() .. #'four'
return ('a,b,c'):gsub(',', ';')
local r = {} for w in ('one two'):gmatch('%a+') do r[#r + 1] = w end return r
return {string.byte('a\0\255', 1, -1)}
return string.char(0, 255, 10)
return '\0\255\r\n'
return redis.sha1hex('')
return redis.sha1hex('abc')
return redis.sha1hex()
return redis.sha1hex(42)
return redis.REDIS_VERSION .. redis.REDIS_VERSION_NUM
return {redis.LOG_DEBUG, redis.LOG_WARNING, redis.REPL_ALL}
redis.log(redis.LOG_DEBUG, 'x') return 1
return redis.replicate_commands()
return cjson.encode({1, 2, 3})
return cjson.encode({})
return cjson.encode({a = 1})
return cjson.encode({[1] = 1, [3] = 3})
return cjson.encode({[1] = 1, [100] = 3})
return cjson.encode('a/b"c\\\n\t\1\127é')
return cjson.encode({1.5, 1e20, 1e100, 0.1, -0, 100})
return cjson.encode({true, false, cjson.null})
return cjson.encode({[10] = 1, x = 2}) == '{"10":1,"x":2}' or cjson.encode({[10] = 1, x = 2}) == '{"x":2,"10":1}'
return cjson.encode(1/0)
return cjson.encode(print)
return cjson.encode(function() end)
return cjson.decode('[1, 2, {"a": "b"}]')[3].a
return cjson.decode('{"a":{"b":[1,null,true]}}').a.b[3]
return cjson.decode('[1,null,3]')
return cjson.decode('null') == cjson.null
return tostring(cjson.null)
return cjson.decode('"\\u00e9\\ud83d\\ude00\\n\\/"')
return cjson.decode(ARGV[1]) ||"raw\u00e9"
return cjson.decode('{x')
return cjson.decode('[1,2')
return cjson.decode('{"a" 1}')
return cjson.decode('{"a":1 "b":2}')
return cjson.decode('')
return cjson.decode('[1] x')
return cjson.decode('nope')
return cjson.decode()
return cjson.decode('12345678901234567890') == 12345678901234567890
return cjson.encode(cjson.decode('{"n":1234567890123}'))
return cmsgpack.pack(1, 'a', {1, 2}, true, false, 1.5, -1, -100, 300, 70000, 5000000000)
return cmsgpack.pack({a = 1})
return cmsgpack.pack(nil)
return cmsgpack.pack(0.1, 1e300, 128, 255, 256, 65535, 65536, -32, -33, -128, -129, -32768, -32769)
return cmsgpack.pack(string.rep('x', 31), string.rep('x', 32), string.rep('y', 256))
return {cmsgpack.unpack(cmsgpack.pack(1, 'a', {1, {2}}, true, -5, 300))}
return cmsgpack.unpack(cmsgpack.pack({x = {y = 'z'}})).x.y
return {cmsgpack.unpack_one(cmsgpack.pack(1, 2, 3))}
return {cmsgpack.unpack_one(cmsgpack.pack(1, 2, 3), 2)}
return {cmsgpack.unpack_limit(cmsgpack.pack(1, 2, 3), 2)}
return cmsgpack.unpack('\220')
return cmsgpack.pack()
return struct.pack('>I2i4b', 1, -2, 3)
return struct.pack('<I2>I2d', 1, 1, 1.5)
return struct.pack('c3sBc0', 'abcdef', 'zero', 255, 'xy')
return {struct.unpack('>I2i4b', struct.pack('>I2i4b', 1, -2, 3))}
return {struct.unpack('Bc0', '\3abcd')}
return {struct.unpack('s', 'text\0rest')}
return struct.size('>I2i4b')
return struct.size('!4 b i4')
return struct.pack('Q', 1)
return struct.unpack('I4', 'ab')
return {bit.band(0xff, 0x0f), bit.bor(1, 2, 4), bit.bxor(5, 3), bit.bnot(0), bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-16, 2)}
return {bit.tobit(0xffffffff), bit.tohex(255), bit.tohex(255, 4), bit.tohex(255, -4), bit.rol(1, 33), bit.ror(1, 1), bit.bswap(1)}
return getmetatable('').__index == string
local co = coroutine.wrap(function() coroutine.yield(1) end) return co()
local t = setmetatable({}, {__index = function(_, k) return k .. '!' end}) return t.hey
return next({}) == nil
return type(_G)
return tostring(_VERSION)
return #{1, 2, nil, 4}
return tonumber('0x10') + tonumber('10', 2)
return ("x"):rep(3, ",")
for i = 1, 3 do redis.call('rpush', KEYS[1], i) end return redis.call('llen', KEYS[1]) |scr:m
return redis.call('DEL', 'scr:a', 'scr:n', 'scr:l', 'scr:h', 'scr:z', 'scr:undeclared', 'scr:before', 'scr:x', 'scr:m')
`
  .trim()
  .split("\n")
  .map((line): string[] => {
    const [, text = "", keys = "", args = ""] = /^(.*?)(?: \|([^|]*)(?:\|(.*))?)?$/s.exec(line) ?? [];
    const words = (list: string) => list.split(" ").filter((word) => word !== "");
    const all = [...words(keys), ...words(args)].map((word) => Buffer.from(word).toString("latin1"));
    return ["EVAL", Buffer.from(text).toString("latin1"), String(words(keys).length), ...all];
  });

/** Commands about scripts, one after the other. */
export const scriptCommands: readonly string[][] = [
  ["SCRIPT", "FLUSH"],
  ["EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"],
  ["SCRIPT", "LOAD", "return 1"],
  ["SCRIPT", "EXISTS", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0000", "E0E1F9FABFC9D4800C877A703B823AC0578FF8DB"],
  ["EVALSHA", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"],
  ["EVALSHA", "E0E1F9FABFC9D4800C877A703B823AC0578FF8DB", "0"],
  ["EVALSHA_RO", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db", "0"],
  ["SCRIPT", "LOAD", "return 1 +"],
  ["SCRIPT", "FLUSH", "BAD"],
  ["SCRIPT", "FLUSH", "SYNC", "x"],
  ["SCRIPT", "FLUSH", "async"],
  ["SCRIPT", "EXISTS", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"],
  ["SCRIPT", "EXISTS"],
  ["SCRIPT", "KILL"],
  ["SCRIPT", "NOPE"],
  ["SCRIPT", "HELP"],
  ["SCRIPT"],
  ["EVAL", "return 1"],
  ["EVAL", "return 1", "x"],
  ["EVAL", "return 1", "-1"],
  ["EVAL", "return 1", "2", "a"],
  ["EVAL_RO", "return redis.call('get', KEYS[1])", "1", "scr:none"],
  ["EVAL_RO", "return redis.call('set', KEYS[1], 1)", "1", "scr:none"],
  ["EVAL", "#!lua flags=no-writes\nreturn redis.call('set', 'scr:none', 1)", "0"],
  ["EVAL", "#!lua flags=no-writes\nerror('line two')", "0"],
  ["EVAL", "#!lua\nreturn 5", "0"],
  ["EVAL", "#!python\nreturn 5", "0"],
  ["EVAL", "#!lua flags=nope\nreturn 5", "0"],
  ["EVAL", "#!lua name=x\nreturn 5", "0"],
  ["MULTI"],
  ["EVAL", "return redis.call('set', KEYS[1], 1)", "1", "scr:multi"],
  ["EVAL", "return redis.call('get', KEYS[1])", "1", "scr:multi"],
  ["EVAL", "return nope", "0"],
  ["DEL", "scr:multi"],
  ["EXEC"],
];
