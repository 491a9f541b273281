// The rule of arrows: which room of the house may look into which. A comment says why.
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(bin|lib|functions|skills|test)/', pathNot: to },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    only('core-stands-alone', '^lib/core/', '^lib/core/', 'The ground floor knows nobody.'),
    only('engines-see-core', '^lib/engines/', '^lib/(core|engines)/', 'Engines are pure decisions.'),
    only('pages-see-core', '^lib/pages/', '^lib/(core|pages)/', 'Pages are functions of what they are given.'),
    only('platform-sees-core', '^lib/platform/', '^lib/(core|pages|platform)/', 'No step knows a skill or an engine.'),
    only(
      'skills-see-engines-and-platform',
      '^skills/',
      '^(lib/(core|engines|platform)|skills)/',
      'A skill is a declaration.',
    ),
    only(
      'functions-see-platform',
      '^functions/',
      '^(lib/(core|pages|platform)|functions|skills/registry\\.ts)',
      'Entry points only parse, call and map.',
    ),
    only(
      'infra-sees-declarations',
      '^lib/infra/',
      '^(lib/(core|infra|platform)|skills/registry\\.ts)',
      'Infrastructure takes entry points by path, never by import.',
    ),
    {
      name: 'engines-and-core-are-pure',
      comment: 'Engines see no cloud, no network, no disk, no process.',
      severity: 'error',
      from: { path: '^lib/(core|engines)/' },
      to: {
        path: '^(@aws-sdk|aws-cdk-lib|unleash|nodemailer|(node:)?(fs|net|http|https|child_process|process|os|worker_threads|timers))',
      },
    },
    {
      name: 'product-does-not-need-the-laptop',
      comment: 'What runs in AWS never loads what imitates AWS.',
      severity: 'error',
      from: { path: '^(lib/(core|engines|platform|pages)|functions|skills)/' },
      to: {
        path: '(^lib/(local|infra)/|^node_modules/(dynalite|maildev|unleash-server|@electric-sql|aws-cdk-lib|esbuild)/)',
      },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(bin|lib|functions|skills)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
