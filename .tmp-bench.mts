import { compileSource } from './lib/engines/constraints/source/compile.ts';
import { fuse } from './lib/engines/constraints/evaluate/fuse.ts';
import { decide } from './lib/engines/constraints/evaluate/decide.ts';
import { readInput } from './lib/engines/constraints/evaluate/read-input.ts';
import { writeInput } from './lib/engines/constraints/evaluate/write-input.ts';
import { randomValues } from './test/unit/constraints/random-values.ts';
import { Dice } from './test/unit/constraints/dice.ts';
const text = `schema: countersign/constraints/1
name: bench
version: 1.0.0
skill: x
fields:
  discount: { type: ratio, minimum: 0 %, maximum: 60 % }
  margin: { type: ratio, minimum: -20 %, maximum: 90 %, optional: true }
  amount: { type: money, minimum: 0 EUR, maximum: 5000000 EUR }
  kind: { type: enum, values: [discount, renewal, refund, terms] }
  segment: { type: enum, values: [smb, mid, enterprise] }
  termMonths: { type: integer, minimum: 1, maximum: 84 }
  strategic: { type: boolean }
  clauses: { type: set, values: [liability, residency, exit, audit] }
rules:
${[
 ['forbid','request.discount > percent("45")'],['forbid','request.termMonths > 60 && request.kind == "discount"'],
 ['forbid','has(request.margin) && request.margin < percent("-10")'],['forbid','"liability" in request.clauses && request.segment == "smb"'],
 ['forbid','request.amount > money("4000000 EUR") && !request.strategic'],
 ['require','request.kind != "refund" || request.amount <= money("200000 EUR")'],['require','request.discount <= percent("40") || request.strategic'],
 ['require','size(request.clauses) <= 3'],['require','request.termMonths >= 3 || request.kind in ["refund","terms"]'],['require','!has(request.margin) || request.margin + request.discount > percent("-15")'],
 ...Array.from({length:10},(_,i)=>['route',[`request.discount > percent("${10+i}") && request.kind == "discount"`,`request.amount > money("${100000*(i+1)} EUR") && request.segment != "smb"`,`request.termMonths > ${24+i} || "exit" in request.clauses`,`has(request.margin) && request.margin < percent("${i}")`][i%4]])
].map(([m,c],i)=>`  - { id: r${i}, owner: o, modality: ${m}, ${m==='require'?'condition':'when'}: ${JSON.stringify(c)}${m==='route'?', to: [vp]':''} }`).join('\n')}
`;
const set = compileSource(text,'b.yaml'); console.log(set.rules.length, set.fields.length);
const f = fuse(set, 20500); if (process.argv[2]) console.log(f.source);
const N=200000, dice = new Dice(5), values = Array.from({length:N},()=>randomValues(dice,set,[1000,2000,4500]));
const rec = new Float64Array(N*f.width); values.forEach((v,i)=>f.pack(v,rec,i*f.width));
const out = new Int32Array(2*f.words);
let c=[0,0,0];
for (let i=0;i<N;i++) c[f.outcome(rec,i*f.width)]++;
console.log(c);
for (let rep=0;rep<4;rep++){
 let sum=0; let t=performance.now(), u=process.cpuUsage(); for (let k=0;k<10;k++) for (let i=0;i<N;i++) sum+=f.outcome(rec,i*8); let e=performance.now()-t, cu=process.cpuUsage(u).user/1000; console.log('outcome', (N*10/e/1000).toFixed(1),'M/s wall', (N*10/cu/1000).toFixed(1),'M/s cpu', sum);
 sum=0; t=performance.now();u=process.cpuUsage(); for (let k=0;k<10;k++) for (let i=0;i<N;i++) { sum+=f.evaluate(rec,i*8,out)+ (out[0]!&255)+(out[1]!&7);} e=performance.now()-t; cu=process.cpuUsage(u).user/1000;console.log('masks', (N*10/e/1000).toFixed(1),'M/s wall',(N*10/cu/1000).toFixed(1),'M/s cpu', sum);
}
const json = values.slice(0,50000).map(v=>writeInput(set,v)); let t=performance.now(); let s=0; for (const j of json) s+=readInput(set,j).length; console.log('readInput', (50000/(performance.now()-t)).toFixed(0),'k/s');
t=performance.now(); for (let i=0;i<50000;i++) s+=f.decide(values[i]!).applied.length; console.log('fused.decide', (50000/(performance.now()-t)).toFixed(0),'k/s');
t=performance.now(); for (let i=0;i<20000;i++) s+=decide(set,values[i]!,20500).applied.length; console.log('decide', (20000/(performance.now()-t)).toFixed(0),'k/s');
t=performance.now(); for (let i=0;i<20;i++) compileSource(text,'b'); console.log('compile ms', (performance.now()-t)/20);
