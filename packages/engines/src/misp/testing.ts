/** A UUID for samples, by number. */
export const sampleUuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** An event with attributes, an object, tags, a galaxy and a sighting, as MISP exports it. */
export const sampleEvent = () => ({
  uuid: sampleUuid(100),
  info: 'Sample',
  date: '2020-10-25',
  timestamp: '1603642920',
  published: false,
  threat_level_id: '2',
  Orgc: { name: 'Sample Organisation', uuid: sampleUuid(101) },
  Tag: [{ name: 'tlp:green', colour: '#00ff00' }],
  Galaxy: [
    {
      uuid: sampleUuid(102),
      name: 'Threat Actor',
      type: 'threat-actor',
      GalaxyCluster: [
        {
          uuid: sampleUuid(103),
          type: 'threat-actor',
          value: 'Sample Actor',
          description: 'An actor of samples',
          tag_name: 'misp-galaxy:threat-actor="Sample Actor"',
          meta: { synonyms: ['Example Actor'] },
        },
      ],
    },
  ],
  Attribute: [
    {
      uuid: sampleUuid(1),
      type: 'domain',
      category: 'Network activity',
      value: 'Evil.example',
      to_ids: '1',
      comment: 'the first stage',
      timestamp: 1603642920,
      Tag: [{ name: 'tlp:amber' }, { name: 'phishing' }],
      Sighting: [
        {
          uuid: sampleUuid(2),
          type: '0',
          date_sighting: '1603700000',
          Organisation: { name: 'Other', uuid: sampleUuid(104) },
        },
        { uuid: sampleUuid(3), type: '1', date_sighting: '1603800000' },
      ],
    },
    {
      uuid: sampleUuid(4),
      type: 'filename|md5',
      category: 'Payload delivery',
      value: 'evil.exe|d41d8cd98f00b204e9800998ecf8427e',
      to_ids: true,
      timestamp: '1603642920',
    },
    {
      uuid: sampleUuid(5),
      type: 'text',
      category: 'Other',
      value: 'just words',
      to_ids: false,
      timestamp: '1603642920',
    },
  ],
  Object: [
    {
      uuid: sampleUuid(6),
      name: 'ip-port',
      'meta-category': 'network',
      timestamp: '1603642920',
      Attribute: [
        {
          uuid: sampleUuid(7),
          type: 'ip-dst',
          object_relation: 'ip-dst',
          category: 'Network activity',
          value: '198.51.100.7',
          to_ids: false,
          timestamp: '1603642920',
        },
      ],
      ObjectReference: [{ uuid: sampleUuid(8), referenced_uuid: sampleUuid(1), relationship_type: 'related-to' }],
    },
  ],
})
